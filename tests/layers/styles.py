"""Hand-coded gradients as people lay them out: for each, a file that is right and the line that makes it wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """A file, and what to replace in it for a wrong gradient."""

    text: str
    right: str
    wrong: str
    wrt: tuple[str, ...]
    upstream: tuple[int, ...] | None = None
    """The shape of the gradient from above; None where there is none."""

    @property
    def mistaken(self) -> str:
        """The file with the slip."""
        assert self.right in self.text
        return self.text.replace(self.right, self.wrong)


STYLES = {
    "f and f_grad": Style(
        """
AT = {"w": 0.5, "b": -0.3, "x": 1.2}
def f(w, b, x):
    return np.tanh(w * x + b) ** 2
def f_grad(w, b, x):
    y = np.tanh(w * x + b)
    dz = 2 * y * (1 - y**2)
    return dz * x, dz, dz * w
""",
        "2 * y * (1 - y**2)",
        "2 * y * (1 - y)",
        ("w", "b", "x"),
    ),
    "loss and gradient, by what it returns": Style(
        """
AT = {"w": [0.5, -1.0], "b": 0.3, "x": [[1.0, 2.0], [0.5, -1.0], [2.0, 0.1]], "t": [1.0, -1.0, 0.5]}
def residual(w, b, x, t):
    return x @ w + b - t
def loss(w, b, x, t):
    return np.sum(residual(w, b, x, t) ** 2)
def gradient(w, b, x, t):
    r = residual(w, b, x, t)
    dw = 2 * x.T @ r
    db = 2 * np.sum(r)
    return db, dw
""",
        "2 * np.sum(r)",
        "2 * np.mean(r)",
        ("w", "b"),
    ),
    "a derivative of each element": Style(
        """
AT = {"x": [0.5, -1.0, 2.0]}
def softplus(x):
    return np.log(1 + np.exp(x))
def softplus_prime(x):
    return 1 / (1 + np.exp(-x))
""",
        "1 / (1 + np.exp(-x))",
        "1 / (1 + np.exp(x))",
        ("x",),
        (3,),
    ),
    "a Jacobian": Style(
        """
AT = {"x": [0.5, -1.0, 2.0]}
def softmax(x):
    e = np.exp(x)
    return e / np.sum(e)
def dsoftmax(x):
    s = softmax(x)
    return np.diag(s) - np.outer(s, s)
""",
        "np.diag(s) - np.outer(s, s)",
        "np.diag(s) + np.outer(s, s)",
        ("x",),
    ),
    "a number, drawn": Style(
        "def f(x):\n    return x * np.sin(x)\ndef df(x):\n    return np.sin(x) + x * np.cos(x)\n",
        "+ x * np.cos(x)",
        "- x * np.cos(x)",
        ("x",),
    ),
    "an upstream gradient before the arguments": Style(
        """
def scale(x, w):
    return x * w
def scale_backward(dout, x, w):
    return dout * w, dout * x
""",
        "return dout * w, dout * x",
        "return dout * w, x",
        ("x", "w"),
        (5, 3),
    ),
    "forward and backward with a cache": Style(
        """
def affine_forward(x, w, b):
    out = x @ w + b
    cache = (x, w, b)
    return out, cache
def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = np.sum(dout, axis=0)
    return dx, dw, db
""",
        "x.T @ dout",
        "x.T @ np.abs(dout)",
        ("x", "w", "b"),
        (5, 4),
    ),
    "a layer without parameters": Style(
        """
class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y
    def backward(self, dy):
        return dy * self.y * (1 - self.y)
""",
        "dy * self.y * (1 - self.y)",
        "self.y * (1 - self.y)",
        ("x",),
        (5, 3),
    ),
    "a layer with dW and db": Style(
        """
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in)
        self.b = np.zeros(n_out)
        self.dW = np.zeros_like(self.W)
        self.db = None
    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b
    def backward(self, dy):
        self.dW = dy.T @ self.x
        self.db = dy.sum(axis=0)
        return dy @ self.W
""",
        "dy.sum(axis=0)",
        "dy.mean(axis=0)",
        ("x", "W", "b"),
        (5, 4),
    ),
    "a layer of columns, W_grad": Style(
        """
class Dense:
    def __init__(self, in_features: int, out_features: int):
        self.W = np.ones((out_features, in_features))
        self.bias = np.zeros((out_features, 1))
    def forward(self, x):
        self.x = x
        return self.W @ x + self.bias
    def backward(self, grad):
        self.W_grad = grad @ self.x.T
        self.grad_bias = grad.sum(axis=1, keepdims=True)
        return self.W.T @ grad
""",
        "self.W.T @ grad",
        "-self.W.T @ grad",
        ("x", "W", "bias"),
        (4, 5),
    ),
    "the lecture's linear class": Style(
        """
class linear:
    def __init__(self, in_dim, out_dim):
        self.W = np.random.normal(size=(out_dim, in_dim))
        self.b = np.zeros(out_dim)
    def forward(self, x_in):
        self.x_in = x_in
        return self.W @ x_in + self.b
    def backward(self, J_out):
        J_in = J_out @ self.W
        self.dJdW = np.outer(J_out, self.x_in)
        self.dJdb = J_out
        return J_in
    def update(self, lr):
        self.W = self.W - lr * self.dJdW
""",
        "self.dJdb = J_out",
        "self.dJdb = 2 * J_out",
        ("x_in", "W", "b"),
        (4,),
    ),
    "parameters in a dictionary": Style(
        """
class Net:
    def __init__(self, n_in, n_out):
        self.params = {"W": np.ones((n_in, n_out)), "b": np.zeros(n_out)}
        self.grads = {}
    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.params["W"] + self.params["b"])
        return self.h
    def backward(self, dh):
        dz = dh * (1 - self.h**2)
        self.grads["W"], self.grads["b"] = self.x.T @ dz, dz.sum(0)
        return dz @ self.params["W"].T
""",
        "1 - self.h**2",
        "1 - self.h",
        ("x", "W", "b"),
        (5, 4),
    ),
    "parameters that the class is given": Style(
        """
AT = {"W": [[0.5, -1.0], [0.2, 0.7], [1.1, 0.4]], "b": [0.1, -0.2], "x": [[1.0, -2.0, 0.3], [0.5, 0.1, 0.9]]}
class Affine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]
    def forward(self, x):
        W, b = self.params
        self.x = x
        return x @ W + b
    def backward(self, dout):
        W, b = self.params
        self.grads = [self.x.T @ dout, np.sum(dout, axis=0)]
        return dout @ W.T
""",
        "np.sum(dout, axis=0)",
        "dout[0]",
        ("W", "b", "x"),
        (2, 2),
    ),
    "returned with the input's": Style(
        """
class Scale:
    def __init__(self):
        self.gamma = np.ones(3)
    def forward(self, x):
        self.x = x
        return self.gamma * x
    def backward(self, dy):
        dgamma = (dy * self.x).sum(0)
        return dy * self.gamma, dgamma
""".replace("return dy * self.gamma, dgamma", "dx = dy * self.gamma\n        return dx, dgamma"),
        "(dy * self.x).sum(0)",
        "dy.sum(0)",
        ("x", "gamma"),
        (5, 3),
    ),
    "a loss without an upstream gradient": Style(
        """
class MSE:
    def forward(self, y, t):
        self.d = y - t
        return np.mean(self.d**2)
    def backward(self):
        return 2 * self.d / self.d.size
""",
        "/ self.d.size",
        "/ len(self.d)",
        ("y",),
    ),
    "one gradient for the first of several inputs": Style(
        """
class WeightedLoss:
    def __init__(self, n):
        self.w = np.ones(n)
    def forward(self, y, t):
        self.d = y - t
        return np.sum(self.w * self.d**2)
    def backward(self):
        self.dw = np.sum(self.d**2, axis=0)
        return 2 * self.w * self.d
""",
        "return 2 * self.w",
        "return self.w",
        ("y", "w"),
    ),
    "layers inside a layer": Style(
        """
class Linear:
    def __init__(self, W):
        self.W = W
    def forward(self, x):
        self.x = x
        return x @ self.W
    def backward(self, dy):
        self.dW = self.x.T @ dy
        return dy @ self.W.T
class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y
    def backward(self, dy):
        return dy * (1 - self.y**2)
class Net:
    def __init__(self):
        self.layers = [Linear(np.ones((3, 4))), Tanh(), Linear(np.ones((4, 2)))]
    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x
    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy
SHAPES = {"Linear": {"W": (3, 4)}, "x": (2, 3)}
""",
        "1 - self.y**2",
        "1 + self.y**2",
        ("x", "layers[0].W", "layers[2].W"),
        (2, 2),
    ),
    "static methods and a context": Style(
        """
class Op:
    @staticmethod
    def forward(context, *inputs):
        raise NotImplementedError
    @staticmethod
    def backward(context, *goutput):
        raise NotImplementedError
class MatrixMultiply(Op):
    @staticmethod
    def forward(context, a, b):
        context["a"], context["b"] = a, b
        return np.matmul(a, b)
    @staticmethod
    def backward(context, goutput):
        a, b = context["a"], context["b"]
        return np.matmul(goutput, b.T), np.matmul(a.T, goutput)
""",
        "np.matmul(a.T, goutput)",
        "np.matmul(a.T, goutput**2)",
        ("a", "b"),
        (5, 4),
    ),
    "tensors saved for the backward pass": Style(
        """
class Exp:
    @staticmethod
    def forward(ctx, x):
        y = np.exp(x)
        ctx.save_for_backward(x, y)
        return y
    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        return grad_output * y
""",
        "grad_output * y",
        "grad_output * x",
        ("x",),
        (5, 3),
    ),
}
