"""Sums of products over indices as products of matrices: einsum("ij,jk->ik", A, B) is A @ B."""

from __future__ import annotations

from collections.abc import Sequence

from gradlab.notation.tree import Apply, MatMul, Node, Transpose


def write_contraction(subscripts: str, operands: Sequence[Node]) -> Node | None:
    """The tree that a mathematician writes; None where only the indices can say it.

    >>> from gradlab.notation.tree import Name
    >>> from gradlab.notation.write import write
    >>> write(write_contraction("ik,jk->ij", (Name("C"), Name("B"))))
    'C @ Bᵀ'
    """
    inputs, _, output = subscripts.partition("->")
    indices = inputs.split(",")
    if any(len(set(one)) < len(one) for one in (*indices, output)) or "." in subscripts:
        return None
    if len(operands) == 1:
        if inputs == output:
            return operands[0]
        return None if output else Apply("sum", (operands[0],))
    if len(operands) != 2 or max(map(len, indices)) > 2:
        return None
    left, right = zip(operands, indices, strict=True)
    if indices[0] + indices[1] == output and len(output) == 2:
        return Apply("outer", tuple(operands))
    if output and output[0] not in indices[0]:
        left, right = right, left
    return _product(left, right, output)


def _product(left: tuple[Node, str], right: tuple[Node, str], output: str) -> Node | None:
    """left @ right, where one index is summed over and the others stand in the output in their order."""
    (first, rows), (second, columns) = left, right
    shared = set(rows) & set(columns) - set(output)
    if len(shared) != 1:
        return None
    (index,) = shared
    if rows.replace(index, "") + columns.replace(index, "") != output:
        return None
    return matrix_product(
        turned(first) if rows[0] == index and len(rows) == 2 else first,
        turned(second) if columns[-1] == index and len(columns) == 2 else second,
    )


def matrix_product(left: Node, right: Node) -> Node:
    """left @ right; the identity leaves the other as it is."""
    if _is_identity(left):
        return right
    return left if _is_identity(right) else MatMul(left, right)


def _is_identity(matrix: Node) -> bool:
    match matrix:
        case Apply("diag", (Apply("ones"),)):
            return True
    return False


def turned(matrix: Node) -> Node:
    """The transpose, without a second one."""
    if _is_identity(matrix):
        return matrix
    return matrix.body if isinstance(matrix, Transpose) else Transpose(matrix)
