"""How much GPU memory a language model needs: `from kb import estimate, solve, derive, recommend`.

They are imported when first used, so that `kb query` loads neither SymPy nor the estimator.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.deriving import derive
    from kb.estimator import estimate
    from kb.recommender import recommend
    from kb.solver import solve

__all__ = ["derive", "estimate", "recommend", "solve"]

_HOME = {"estimate": "kb.estimator", "solve": "kb.solver", "derive": "kb.deriving", "recommend": "kb.recommender"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"kb has no {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
