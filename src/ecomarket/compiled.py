"""Compile the hot path with Numba; the cache notices an edit in any source module.

Numba's own cache looks only at the file of the compiled function, so an edited callee in another
module would leave an old result. The cache folder is therefore named after a digest of every source
file of the engine and of all that the engine stands on. `kernel` is for functions inlined into entries,
`aside` for those an entry seldom calls, `entry` for what Python calls, `bare_entry` for an entry that
allocates nothing, `brief_entry` for one that Python calls by the million, through `direct`.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


UNCOMPILED = frozenset(
    (
        "calibration",
        "cli",
        "equilibrium",
        "experiments",
        "notebook",
        "report",
        "results",
        "stories",
        "validity",
        "workshop",
    )
)
"""Packages above the engine, in which nothing is compiled and of which nothing compiled knows (tests/tidy)."""


@cache
def source_digest(without: frozenset[str] = frozenset()) -> str:
    """Return 16 hex digits over the bytes of all source modules but those of some packages, and the debug switch."""
    root = Path(__file__).parent
    digest = hashlib.sha256(os.environ.get("ECOMARKET_DEBUG", "").encode())
    for path in sorted(root.rglob("*.py"), key=str):
        name = path.relative_to(root)
        if name.parts[0] not in without:
            digest.update(f"/{name.as_posix()}".encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def wanted_folder() -> Path:
    """Return where this version's compiled code belongs."""
    base = os.environ.get("ECOMARKET_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ecomarket" / source_digest(UNCOMPILED)


def cache_folder() -> Path:
    """Return the folder of this version's compiled code; a temporary one if the wanted one cannot be written."""
    folder = wanted_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    return folder if writable else Path(tempfile.gettempdir()) / f"ecomarket-{os.getuid()}-{folder.name}"


CACHE_FOLDER = cache_folder()
os.environ["NUMBA_CACHE_DIR"] = str(CACHE_FOLDER)
# LLVM's first level inlines all that is marked and leaves the kernel as fast as its third (benchmarks/kernel.py), in
# less time; a book has no loops to vectorise
for switch, value in (("NUMBA_OPT", "1"), ("NUMBA_LOOP_VECTORIZE", "0"), ("NUMBA_SLP_VECTORIZE", "0")):
    os.environ.setdefault(switch, value)

import numba  # noqa: E402  (the cache folder must be set before numba reads it)

numba.config.CACHE_DIR = str(CACHE_FOLDER)


def load_arrays() -> None:
    """Load Numba's array functions without SciPy's linear algebra, in 0.2 s less.

    They only ask whether it is there, for an inner product that nothing here compiles; what others compile later finds
    it. Where it is loaded already, or nothing is compiled, there is nothing to save.
    """
    modules: dict[str, Any] = sys.modules
    if "scipy.linalg" in modules or numba.config.DISABLE_JIT:
        return
    modules["scipy.linalg"] = None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        del modules["scipy.linalg"]


load_arrays()

COUNTED_FROM_THE_FRONT = ("ecomarket8exchange6kernel", "ecomarket6ledger8postings")
"""The packages in which no index is negative, as Numba writes them in the names of compiled functions."""


def trust_indices() -> None:
    """Compile an index of the kernel as it stands: counting a negative one from the end takes a sixth of the time.

    Numba adds the length to whatever could be negative, before every access. In the kernel nothing is: under
    NUMBA_BOUNDSCHECK=1 such an index is an error (tests/exchange/test_compiled.py). `fix_integer_index` is internal
    to Numba; without it nothing changes but time. What others compile counts as ever.
    """
    arrays: Any = importlib.import_module("numba.np.arrayobj")
    counted: Any = getattr(arrays, "fix_integer_index", None)

    def fix(context: Any, builder: Any, kind: Any, index: Any, length: Any) -> Any:
        if kind.signed and any(name in builder.function.name for name in COUNTED_FROM_THE_FRONT):
            return context.cast(builder, index, kind, numba.types.intp)
        return counted(context, builder, kind, index, length)

    if counted is not None and not numba.config.DISABLE_JIT:
        arrays.fix_integer_index = fix


trust_indices()


def wide(kind: Any) -> Any:
    """Return the type a compiled function takes for an argument: every integer constant and narrow integer as int64."""
    plain = numba.types.unliteral(kind)
    return numba.types.int64 if isinstance(plain, numba.types.Integer) and plain.signed else plain


def compile_once(compiled: Any) -> Any:
    """Let callers with integers of any width or constants share one compiled version; else each makes its own.

    `get_call_template` is internal to Numba; without it (uncompiled, or in a later version) nothing changes but time.
    """
    template = getattr(compiled, "get_call_template", None)
    if template is not None:
        compiled.get_call_template = lambda args, kws: template(
            tuple(wide(a) for a in args), {name: wide(a) for name, a in kws.items()}
        )
    return compiled


def kernel(function: F) -> F:
    """Compile a function that is inlined into entries: no reference counting, no wrappers.

    `_nrt` is a private option of Numba; where a later version refuses it the plain compiler is used,
    correct but three to four times slower.
    """
    try:
        compiled = numba.njit(
            _nrt=False, forceinline=True, cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
        )(function)
    except (KeyError, TypeError):
        compiled = numba.njit(cache=True, nogil=True)(function)
    return compile_once(compiled)  # type: ignore[no-any-return]


def aside(function: F) -> F:
    """Compile a function that entries seldom call: as `kernel`, but left where it is; that keeps the hot code small."""
    try:
        compiled = numba.njit(_nrt=False, cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(
            function
        )
    except (KeyError, TypeError):
        compiled = numba.njit(cache=True, nogil=True)(function)
    return compile_once(compiled)  # type: ignore[no-any-return]


def entry(function: F) -> F:
    """Compile a function that Python calls."""
    return numba.njit(cache=True, nogil=True)(function)  # type: ignore[no-any-return]


def bare_entry(function: F) -> F:
    """Compile a function that Python calls and that only writes into arrays it is given: no reference counting."""
    try:
        compiled = numba.njit(_nrt=False, cache=True, nogil=True)(function)
    except (KeyError, TypeError):
        compiled = numba.njit(cache=True, nogil=True)(function)
    return compiled  # type: ignore[no-any-return]


def brief_entry(function: F) -> F:
    """Compile a bare entry so short that to let other threads run meanwhile would cost more than it gives."""
    try:
        compiled = numba.njit(_nrt=False, cache=True)(function)
    except (KeyError, TypeError):
        compiled = numba.njit(cache=True)(function)
    return compiled  # type: ignore[no-any-return]


def direct(entry: Any, arguments: int) -> Callable[..., Any]:
    """Return the code of an entry of so many int64, compiled: a call of it does not look at what it is given first."""
    compiler = getattr(entry, "compile", None)
    return entry if compiler is None else compiler((numba.types.int64,) * arguments)  # type: ignore[no-any-return]


def is_warm() -> bool:
    """Tell whether this version has been compiled before on this machine."""
    return any(CACHE_FOLDER.glob("**/*.nbc"))
