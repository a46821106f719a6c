"""Options and bonds: their prices, and the sensitivities that carry Greek letters, with Hull's numbers."""

import numpy as np

from gradlab import case, erf


def _Phi(x):
    return (1 + erf(x / np.sqrt(2))) / 2


def _phi(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def _d1_and_d2(S, K, r, sigma, T):
    d1 = (np.log(S / K) + (r + sigma**2 / 2) * T) / (sigma * np.sqrt(T))
    return d1, d1 - sigma * np.sqrt(T)


@case(
    at=dict(S=49.0, K=50.0, r=0.05, sigma=0.2, T=0.3846),
    wrt=("S", "r", "sigma", "T"),
    source="Black & Scholes 1973, a call, with the Greeks of Hull's example: delta, rho, vega, and minus theta",
    tags=("scalar", "finance"),
    expected=dict(value="2.40", S="0.522", r="8.91", sigma="12.1", T="4.31"),
    around=0.1,
)
def black_scholes_call(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    return S * _Phi(d1) - K * np.exp(-r * T) * _Phi(d2)


@black_scholes_call.hand
def black_scholes_call_greeks(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    delta = _Phi(d1)
    rho = K * T * np.exp(-r * T) * _Phi(d2)
    vega = S * _phi(d1) * np.sqrt(T)
    decay = -S * _phi(d1) * sigma / (2 * np.sqrt(T))
    theta = decay - r * K * np.exp(-r * T) * _Phi(d2)
    return dict(S=delta, r=rho, sigma=vega, T=-theta)


@case(
    at=dict(S=42.0, K=40.0, r=0.1, sigma=0.2, T=0.5),
    wrt=("S", "r", "sigma", "T"),
    source="Black & Scholes 1973, a put, with the prices of Hull's example",
    tags=("scalar", "finance"),
    expected=dict(d1="0.7693", d2="0.6278", call="4.76", value="0.81"),
    around=0.1,
)
def black_scholes_put(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    return K * np.exp(-r * T) * _Phi(-d2) - S * _Phi(-d1)


@black_scholes_put.hand
def black_scholes_put_greeks(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    delta = _Phi(d1) - 1
    rho = -K * T * np.exp(-r * T) * _Phi(-d2)
    vega = S * _phi(d1) * np.sqrt(T)
    decay = -S * _phi(d1) * sigma / (2 * np.sqrt(T))
    theta = decay + r * K * np.exp(-r * T) * _Phi(-d2)
    return dict(S=delta, r=rho, sigma=vega, T=-theta)


@black_scholes_put.shows
def black_scholes_put_steps(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    return dict(d1=d1, d2=d2, call=black_scholes_call(S, K, r, sigma, T))


@case(
    at=dict(S=49.0, K=50.0, r=0.05, sigma=0.2, T=0.3846),
    wrt=("S", "sigma"),
    source="Black & Scholes 1973, the delta of a call, with the gamma of Hull's example; by σ it is vanna",
    tags=("scalar", "finance"),
    expected=dict(value="0.522", S="0.066"),
    around=0.1,
)
def black_scholes_delta(S, K, r, sigma, T):
    d1, _ = _d1_and_d2(S, K, r, sigma, T)
    return _Phi(d1)


@black_scholes_delta.hand
def black_scholes_gamma_and_vanna(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    gamma = _phi(d1) / (S * sigma * np.sqrt(T))
    vanna = -_phi(d1) * d2 / sigma
    return dict(S=gamma, sigma=vanna)


@case(
    at=dict(S=49.0, K=50.0, r=0.05, sigma=0.2, T=0.3846),
    wrt="T",
    source="Black & Scholes 1973, theta as Hull's example prints it, −4.31 a year",
    tags=("scalar", "finance", "wrong-claim"),
    expected=dict(value="2.40", T="4.31"),
    around=0.1,
    verdict="disagree",
    because="theta is the derivative by the time that passes: by the time T that is left it has the other sign",
    mistake="sign of a rule",
)
def black_scholes_theta(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    return S * _Phi(d1) - K * np.exp(-r * T) * _Phi(d2)


@black_scholes_theta.hand
def black_scholes_theta_by_hull(S, K, r, sigma, T):
    d1, d2 = _d1_and_d2(S, K, r, sigma, T)
    decay = -S * _phi(d1) * sigma / (2 * np.sqrt(T))
    return decay - r * K * np.exp(-r * T) * _Phi(d2)


@case(
    at=dict(y=0.12, c=[5.0, 5.0, 5.0, 5.0, 5.0, 105.0], t=[0.5, 1.0, 1.5, 2.0, 2.5, 3.0]),
    wrt="y",
    source="Macaulay 1938, the duration D of a bond in Hull's example: the price falls by B·D",
    tags=("scalar", "finance"),
    expected=dict(value="94.213", duration="2.653"),
)
def bond(y, c, t):
    return np.sum(c * np.exp(-y * t))


@bond.hand
def bond_slope(y, c, t):
    B = np.sum(c * np.exp(-y * t))
    D = np.sum(t * (c * np.exp(-y * t) / B))
    return -B * D


@bond.shows
def bond_duration(y, c, t):
    return dict(duration=-bond_slope(y, c, t) / bond(y, c, t))
