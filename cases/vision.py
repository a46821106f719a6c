"""Cameras: a rotation by Rodrigues' formula, and the projection that bundle adjustment is made of."""

import numpy as np

from gradlab import case


def _rotate(omega, X):
    theta = np.sqrt(np.sum(omega**2))
    k = omega / theta
    turned = X * np.cos(theta) + np.cross(k, X) * np.sin(theta)
    return turned + k * (k @ X) * (1 - np.cos(theta))


def _cross_matrix(v):
    x, y, z = v
    rows = [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]]
    return np.stack([np.stack(row) for row in rows])


def _rotation_matrix(omega):
    theta = np.sqrt(np.sum(omega**2))
    k = _cross_matrix(omega / theta)
    return np.eye(3) + np.sin(theta) * k + (1 - np.cos(theta)) * k @ k


@case(
    at=dict(omega=[0.4, -0.7, 0.5], X=[0.9, -0.3, 1.4]),
    wrt="omega",
    quantity="jacobian",
    source="Rodrigues 1840, by the rotation vector as Gallego & Yezzi 2015 derive it",
    tags=("vector", "jacobian", "vision"),
)
def rodrigues(omega, X):
    return _rotate(omega, X)


@rodrigues.hand
def rodrigues_jacobian(omega, X):
    R = _rotation_matrix(omega)
    v = np.outer(omega, omega) + (R.T - np.eye(3)) @ _cross_matrix(omega)
    return -R @ _cross_matrix(X) @ v / np.sum(omega**2)


@case(
    at=dict(
        omega=[0.15, -0.2, 0.1],
        t=[0.3, -0.4, -5.5],
        f=1.8,
        k=[0.12, -0.05],
        X=[0.9, -0.7, 0.6],
        seen=[0.41, -0.33],
    ),
    wrt=("omega", "t", "f", "k", "X"),
    quantity="jacobian",
    source="ADBench's bundle adjustment (Šrajer et al. 2018), with the camera of Snavely et al. 2006 as in Ceres",
    tags=("vector", "jacobian", "vision"),
    around=0.1,
)
def reprojection(omega, t, f, k, X, seen):
    P = _rotate(omega, X) + t
    p = -P[:2] / P[2]  # the camera looks along −z
    r2 = p @ p
    return f * (1 + k[0] * r2 + k[1] * r2**2) * p - seen


@reprojection.hand
def reprojection_blocks(omega, t, f, k, X, seen):
    R = _rotation_matrix(omega)
    P = R @ X + t
    p = -P[:2] / P[2]
    r2 = p @ p
    distortion = 1 + k[0] * r2 + k[1] * r2**2
    slope = 2 * k[0] + 4 * k[1] * r2
    by_p = f * (distortion * np.eye(2) + slope * np.outer(p, p))
    p_by_P = -np.concatenate([np.eye(2), p[:, np.newaxis]], axis=1) / P[2]
    by_P = by_p @ p_by_P
    return dict(
        omega=by_P @ rodrigues_jacobian(omega, X),
        t=by_P,
        f=distortion * p,
        k=f * np.outer(p, np.stack([r2, r2**2])),
        X=by_P @ R,
    )
