"""Which sentences the program says, read from its source: for the catalogues (`make messages`), through Babel.

Babel's own extractor sees literals only. Here a sentence may stand where it is chosen: in a variable, a table, a class,
or in the call of the function that says it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
SOURCES = ("bot", "handlers", "storage")
SAYING = {"say": (0,), "translated": (0,), "plural": (0, 1), "translated_count": (0, 1)}
"""Function -> which of its arguments are sentences."""
_OF_FORMS = ("sentence", "one", "many")
"""Fields of a text's form: what is in them is seen where the text is made."""
_DEPTH = 6
_CODE = re.compile(r"^[^a-zA-Z]*$|^[-/]|^[a-z]+[./]\S+$|^[A-Z_]{4,}$")
"""What stands in a table beside sentences and is none: paths, options, names of events and settings."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Place:
    """Where an expression stands."""

    path: Path
    tree: ast.Module
    function: Function | None
    around: "Place | None" = None


@dataclass(frozen=True)
class Said:
    """One call that says something: its sentences, or none when they cannot be found."""

    path: Path
    line: int
    sentences: tuple[tuple[str, ...], ...]


@dataclass
class Source:
    """The whole program: who calls what, and what its classes hold."""

    calls: dict[str, list[tuple[ast.Call, Place]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[str, list[tuple[ast.expr, Place]]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, list[str]] = field(default_factory=dict)
    functions: dict[str, list[tuple[Function, Place]]] = field(default_factory=lambda: defaultdict(list))

    def read(self, path: Path) -> None:
        """Take in a module."""
        tree = ast.parse(path.read_text("utf-8"))
        place = Place(path, tree, None)
        for each in tree.body:
            if isinstance(each, ast.AnnAssign | ast.Assign):
                self._keep(each, place)
        self._visit(tree, place)

    def _keep(self, each: ast.AnnAssign | ast.Assign, place: Place) -> None:
        if each.value is not None:
            for name in _targets(each):
                self.held[name].append((each.value, place))

    def _visit(self, node: ast.AST, place: Place) -> None:
        if isinstance(node, ast.Call) and (name := _name(node.func)):
            self.calls[name].append((node, place))
        if isinstance(node, ast.ClassDef):
            fields = [each for each in node.body if isinstance(each, ast.AnnAssign | ast.Assign)]
            self.classes[node.name] = [name for each in fields for name in _targets(each)]
            for each in fields:
                self._keep(each, place)
        if isinstance(node, Function):
            self.functions[node.name].append((node, place))
            place = Place(place.path, place.tree, node, place)
        for child in ast.iter_child_nodes(node):
            self._visit(child, place)

    def said(self) -> Iterator[Said]:
        """Every call that says something."""
        for name, numbers in SAYING.items():
            for call, place in self.calls[name]:
                if _hands_on(call, place):
                    continue
                found = [self.strings(call.args[each], place) for each in numbers if len(call.args) > each]
                yield Said(place.path, call.lineno, tuple(zip(*found, strict=False)) if all(found) else ())

    def strings(self, node: ast.expr | None, place: Place, depth: int = _DEPTH) -> list[str]:
        """The strings that an expression may be; none when they are not in the source."""
        if node is None or not depth:
            return []
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.Name):
            return self._named(node.id, place, depth - 1)
        if isinstance(node, ast.Attribute):
            return self._held(node.attr, depth - 1)
        if isinstance(node, ast.Call):
            return self._returned(node, place, depth - 1)
        return [found for part in _choices(node) for found in self.strings(part, place, depth - 1)]

    def _named(self, name: str, place: Place, depth: int) -> list[str]:
        for scope in (place.function, place.tree):
            values = [value for each in ast.walk(scope) for value in _given(each, name)] if scope else []
            if values:
                return [found for value in values for found in self.strings(value, place, depth)]
        return self._argument(name, place, depth)

    def _argument(self, name: str, place: Place, depth: int) -> list[str]:
        """What is handed to the parameter of this name, of the function or of one around it."""
        if place.function is None or place.around is None:
            return self._held(name, depth)
        function = place.function
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args) if each.arg != "self"]
        if name not in [*names, *(each.arg for each in function.args.kwonlyargs)]:
            return self._argument(name, place.around, depth)
        number = names.index(name) if name in names else -1
        return [found for call, place in self.calls[function.name]
                for found in self.strings(_handed(call, name, number), place, depth)]  # fmt: skip

    def _held(self, name: str, depth: int) -> list[str]:
        """What a field of this name is set to, in a class or where one is made; what a module's constant is."""
        values = list(self.held[name])
        for made, fields in self.classes.items():
            if name in fields:
                values += [(value, place) for call, place in self.calls[made]
                           if (value := _handed(call, name, fields.index(name)))]  # fmt: skip
        return [found for value, place in values for found in self.strings(value, place, depth)]

    def _returned(self, call: ast.Call, place: Place, depth: int) -> list[str]:
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "items", "values"):
            return self.strings(call.func.value, place, depth)
        back = [(each.value, at) for function, at in self.functions[_name(call.func)]
                for each in ast.walk(function) if isinstance(each, ast.Return)]  # fmt: skip
        return [found for value, at in back for found in self.strings(value, at, depth)]


def _hands_on(call: ast.Call, place: Place) -> bool:
    """Whether it says what it was given, or what its form holds: where that is chosen is seen elsewhere."""
    within = place.function is not None and place.function.name in SAYING
    given = call.args[0]
    return within or (isinstance(given, ast.Attribute) and given.attr in _OF_FORMS and place.path.name == "forms.py")


def _choices(node: ast.expr) -> list[ast.expr]:
    """The parts that an expression may be."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp | ast.Dict):
        return node.values
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return node.elts
    if isinstance(node, ast.Subscript | ast.Starred | ast.NamedExpr):
        return [node.value]
    return [node.elt] if isinstance(node, ast.GeneratorExp | ast.ListComp) else []


def _given(node: ast.AST, name: str) -> list[ast.expr]:
    """What a statement gives to a name."""
    if isinstance(node, ast.NamedExpr) and node.target.id == name:
        return [node.value]
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and name in _targets(node):
        return [node.value]
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return [node.iter] if name in _names(node.target) else []
    return []


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    return [name for each in (node.targets if isinstance(node, ast.Assign) else [node.target]) for name in _names(each)]


def _names(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Tuple):
        return [name for each in target.elts for name in _names(each)]
    return [target.id] if isinstance(target, ast.Name) else []


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _handed(call: ast.Call, name: str, number: int) -> ast.expr | None:
    """What a call hands to the parameter of this name, or the positional one of this number."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[number] if 0 <= number < len(call.args) else None


@cache
def whole_program() -> Source:
    """Every module, read."""
    source = Source()
    for path in sorted(each for part in SOURCES for each in (ROOT / part).rglob("*.py")):
        source.read(path)
    return source


@cache
def sentences() -> tuple[Said, ...]:
    """Everything that the program says."""
    return tuple(whole_program().said())


@cache
def _by_module() -> dict[Path, list[Said]]:
    found = defaultdict(list)
    for said in sentences():
        found[said.path].append(said)
    return found


def extract(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """Babel's extractor: (line, function, sentence or (one, many), comments) of one module."""
    for said in _by_module().get(Path(file.name).resolve(), ()):
        for found in said.sentences:
            if not _CODE.search(found[0]):
                yield said.line, *(("ngettext", (found[0], found[1])) if len(found) > 1 else ("gettext", found[0])), []
