"""A material's node groups as GLSL statements; of the nodes that `materials.nodes` adds, and only these."""

from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

MATH = {
    "ADD": "({} + {})",
    "SUBTRACT": "({} - {})",
    "MULTIPLY": "({} * {})",
    "DIVIDE": "divided({}, {})",
    "POWER": "raised({}, {})",
    "MINIMUM": "min({}, {})",
    "MAXIMUM": "max({}, {})",
    "GREATER_THAN": "float({} > {})",
    "LESS_THAN": "float({} < {})",
    "FLOORED_MODULO": "modulo({}, {})",
    "ARCTAN2": "angle({}, {})",
    "ABSOLUTE": "abs({})",
    "FLOOR": "floor({})",
    "FRACTION": "fract({})",
    "SINE": "sin({})",
    "COSINE": "cos({})",
    "NORMALIZE": "unit({})",
    "LENGTH": "length({})",
    "DOT_PRODUCT": "dot({}, {})",
}
NUMBERS = ("LENGTH", "DOT_PRODUCT")
"""Operations on vectors that return a number."""
SETTINGS: dict[str, dict[str, Any]] = {
    "ShaderNodeMath": {"use_clamp": False},
    "ShaderNodeMix": {"blend_type": "MIX", "clamp_factor": True, "factor_mode": "UNIFORM"},
    "ShaderNodeMapRange": {"data_type": "FLOAT", "interpolation_type": "SMOOTHSTEP"},
    "ShaderNodeTexNoise": {"noise_dimensions": "2D", "noise_type": "FBM", "normalize": True},
    "ShaderNodeTexWhiteNoise": {"noise_dimensions": "3D"},
    "ShaderNodeTexImage": {"interpolation": "Closest"},
    "ShaderNodeBump": {"invert": False},
    "ShaderNodeVectorTransform": {"vector_type": "VECTOR", "convert_from": "OBJECT", "convert_to": "WORLD"},
}
"""What the settings of a node have to be."""
OUTPUTS = {
    "ShaderNodeNewGeometry": ("Normal", "Backfacing"), "ShaderNodeTexCoord": ("Generated",),
    "ShaderNodeAttribute": ("Fac", "Factor", "Vector", "Color"), "ShaderNodeBump": ("Normal",),
}  # fmt: skip
"""Which outputs of a node may be used; of others, all."""
ATTRIBUTES = ("AO", "Hem")
"""What a node may read of a mesh."""
IMAGES = {"REPEAT": "repeated", "CLIP": "clipped"}
"""How an image goes on beyond its edges -> the function that reads it."""
LAST = "Fabric"
"""The layer that hands on what is shown."""


class Expression(NamedTuple):
    """GLSL of a float, or of a vec3."""

    text: str
    wide: bool
    number: float | None = None
    """Its value, if it is always the same."""


class Program(NamedTuple):
    """The layers of a material as GLSL."""

    statements: str
    """They read `uv` (vec2), `generated`, `facing` (vec3: the normal toward the camera), `AO`, `Hem` (float),
    `numbers` (vec4 each) and `image0`, `image1`, ..., and call `LIBRARY`."""
    color: str
    """The dye, linear RGB (vec3); this and the next two are expressions."""
    normal: str
    """Toward the camera, bent by the relief (vec3)."""
    roughness: str
    """0..1"""
    numbers: tuple[tuple[str, str], ...]
    """Layer and input of each of `numbers`; a number is the first of four."""
    images: tuple[tuple[str, str], ...]
    """Layer and image node of each image; the rows of its texture go up."""


def translate(tree: Any) -> Program:
    """Return the program of a material's node tree (see `materials.shader`): what its layer `LAST` hands on.

    Raises NotImplementedError for a node that `materials.nodes` never adds.
    """
    translator = _Translator()
    layers: dict[int, Expression] = {}
    sources = _sources(tree)
    shown: dict[str, str] = {}
    for node in _in_order(tree):
        if node.bl_idname == "ShaderNodeGroup":
            given = {
                socket.identifier: layers[sources[socket.as_pointer()].as_pointer()]
                if socket.as_pointer() in sources
                else translator.parameter(node.name, socket)
                for socket in node.inputs
            }
            returned = translator.group(node.name, node.node_tree, given)
            for socket in node.outputs:
                layers[socket.as_pointer()] = returned[socket.identifier]
                if node.name == LAST:
                    shown[socket.name] = returned[socket.identifier].text
        elif node.bl_idname in _Translator.SOURCES:
            for socket, value in zip(node.outputs, translator.node("", node, {}), strict=False):
                layers[socket.as_pointer()] = value
    return Program(
        "\n".join(f"  {line}" for line in translator.lines),
        shown["Color"],
        shown["Normal"],
        shown["Roughness"],
        tuple(translator.numbers),
        tuple(translator.images),
    )


def _in_order(tree: Any) -> list[Any]:
    """Return the nodes of a tree, each after what feeds it."""
    feeds: dict[str, list[str]] = {node.name: [] for node in tree.nodes}
    for link in tree.links:
        feeds[link.to_node.name].append(link.from_node.name)
    return [tree.nodes[name] for name in TopologicalSorter(feeds).static_order()]


def _sources(tree: Any) -> dict[int, Any]:
    """Return input socket -> the output that feeds it; `socket.links` searches all links each time."""
    return {link.to_socket.as_pointer(): link.from_socket for link in tree.links}


class _Translator:
    SOURCES = ("ShaderNodeUVMap", "ShaderNodeTexCoord", "ShaderNodeAttribute")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.variables: dict[str, str] = {}
        self.numbers: dict[tuple[str, str], Expression] = {}
        self.images: dict[tuple[str, str], str] = {}

    def parameter(self, layer: str, socket: Any) -> Expression:
        """Return the number or colour that an image sets."""
        wide = socket.type != "VALUE"
        text = f"numbers.of[{len(self.numbers)}].{'xyz' if wide else 'x'}"
        return self.numbers.setdefault((layer, socket.name), Expression(text, wide))

    def group(self, layer: str, tree: Any, given: dict[str, Expression]) -> dict[str, Expression]:
        """Return what the outputs of a group hold that is `given` its inputs, all by identifier."""
        values: dict[int, Expression] = {}
        sources = _sources(tree)

        def fed(socket: Any) -> Expression:
            source = sources.get(socket.as_pointer())
            return _constant(socket) if source is None else values[source.as_pointer()]

        outputs: Any = None
        for node in _in_order(tree):
            if node.bl_idname == "NodeGroupOutput":
                outputs = node.inputs
            elif node.bl_idname == "NodeGroupInput":
                values |= {s.as_pointer(): given[s.identifier] for s in node.outputs if s.identifier in given}
            else:
                inputs = {i: fed(socket) for i, socket in enumerate(node.inputs)}
                for socket, value in zip(node.outputs, self.node(layer, node, inputs), strict=False):
                    values[socket.as_pointer()] = value
        return {socket.identifier: fed(socket) for socket in outputs if socket.type != "CUSTOM"}

    def node(self, layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        """Return what a node's outputs hold."""
        kind = node.bl_idname.removeprefix("ShaderNode")
        for setting, wanted in SETTINGS.get(node.bl_idname, {}).items():
            if (found := getattr(node, setting)) != wanted:
                raise NotImplementedError(f"GLSL of a node {node.bl_idname} whose {setting} is {found}")
        for socket in node.outputs:
            if socket.is_linked and socket.name not in OUTPUTS.get(node.bl_idname, (socket.name,)):
                raise NotImplementedError(f"GLSL of the output {socket.name} of a node {node.bl_idname}")
        try:
            translate_node: Callable[..., list[Expression]] = getattr(self, f"_{kind.lower()}")
        except AttributeError:
            raise NotImplementedError(f"GLSL of a node {node.bl_idname}") from None
        return translate_node(layer, node, inputs)

    def _math(self, _layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        return [self._operation(node.operation, [_number(value) for value in inputs.values()])]

    def _vectormath(self, _layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        result = self._operation(node.operation, [_wide(value) for i, value in inputs.items() if i < 2])
        return [result, result]

    def _mix(self, _layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        first = {"FLOAT": 2, "VECTOR": 4, "RGBA": 6}[node.data_type]
        as_one = _number if first == 2 else _wide
        a, b, share = as_one(inputs[first]), as_one(inputs[first + 1]), _number(inputs[0])
        if share.number is not None and 0 <= share.number <= 1:
            weight = share.text
        else:
            weight = f"clamp({share.text}, 0.0, 1.0)"
        return [self._named(f"mix({a.text}, {b.text}, {weight})", first != 2)] * 3

    def _maprange(self, _layer: str, _node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        x, low, high = (_number(inputs[i]).text for i in range(3))
        return [self._named(f"smoothed({low}, {high}, {x})", False)]

    def _combinexyz(self, _layer: str, _node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        return [self._named(f"vec3({', '.join(_number(value).text for value in inputs.values())})", True)]

    def _separatexyz(self, _layer: str, _node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        return [Expression(f"{_wide(inputs[0]).text}.{axis}", False) for axis in "xyz"]

    def _texnoise(self, _layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        by_name = {socket.name: inputs[i] for i, socket in enumerate(node.inputs)}
        position, scale = _wide(by_name["Vector"]).text, _number(by_name["Scale"]).text
        rest = ", ".join(_number(by_name[name]).text for name in ("Detail", "Roughness"))
        made = {True: "noise3", False: "noise"}
        return [
            self._named(f"{made[wide]}({position}.xy * {scale}, {rest})", wide)
            if socket.is_linked
            else Expression("0.0", wide)
            for socket in node.outputs
            for wide in [socket.name == "Color"]
        ]

    def _texwhitenoise(self, _layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        position = next(inputs[i] for i, socket in enumerate(node.inputs) if socket.name == "Vector")
        color = self._named(f"white({_wide(position).text})", True)
        return [Expression(f"{color.text}.x", False), color]

    def _teximage(self, layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        image = self.images.setdefault((layer, node.name), f"image{len(self.images)}")
        if node.extension not in IMAGES:
            raise NotImplementedError(f"GLSL of an image whose extension is {node.extension}")
        read = IMAGES[node.extension]
        rgba = self._declared("vec4", f"{read}({image}, {_wide(inputs[0]).text}.xy)")
        return [Expression(f"{rgba}.xyz", True), Expression(f"{rgba}.w", False)]

    def _bump(self, _layer: str, node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        by_name = {socket.name: _number(inputs[i]) for i, socket in enumerate(node.inputs[:-1])}
        height = by_name["Height"]
        if height.number is not None:
            return [Expression("facing", True)]
        return [self._named(f"bumped({height.text} * {by_name['Distance'].text})", True)]

    def _attribute(self, _layer: str, node: Any, _inputs: dict[int, Expression]) -> list[Expression]:
        if node.attribute_name not in ATTRIBUTES:
            raise NotImplementedError(f"GLSL of the attribute {node.attribute_name}")
        number = Expression(node.attribute_name, False)
        return [_wide(number), _wide(number), number]

    def _uvmap(self, _layer: str, _node: Any, _inputs: dict[int, Expression]) -> list[Expression]:
        return [Expression("vec3(uv, 0.0)", True)]

    def _texcoord(self, _layer: str, node: Any, _inputs: dict[int, Expression]) -> list[Expression]:
        return [Expression("generated", True) for _ in node.outputs]

    def _newgeometry(self, _layer: str, node: Any, _inputs: dict[int, Expression]) -> list[Expression]:
        backfacing = Expression("float(!gl_FrontFacing)", False)
        return [
            backfacing if socket.name == "Backfacing" else Expression("facing", True)
            for socket in node.outputs
        ]

    def _vectortransform(self, _layer: str, _node: Any, inputs: dict[int, Expression]) -> list[Expression]:
        return [_wide(inputs[0])]  # garments stand in the world as they are made

    def _operation(self, name: str, operands: list[Expression]) -> Expression:
        if name not in MATH:
            raise NotImplementedError(f"GLSL of the operation {name}")
        template = MATH[name]
        taken = operands[: template.count("{}")]
        wide = taken[0].wide and name not in NUMBERS
        numbers = [operand.number for operand in taken]
        if name == "MULTIPLY" and 0 in numbers:
            return Expression("vec3(0.0)" if wide else "0.0", wide, 0.0)
        if (name == "ADD" and 0 in numbers) or (name == "MULTIPLY" and 1 in numbers):
            return taken[1 - numbers.index(0 if name == "ADD" else 1)]
        if name in ("SUBTRACT", "DIVIDE") and numbers[1] == (0 if name == "SUBTRACT" else 1):
            return taken[0]
        if name == "DIVIDE" and numbers[1]:
            template = "({} / {})"
        if name == "FLOORED_MODULO" and numbers[1] == 1:
            template = MATH["FRACTION"]
        return self._named(template.format(*(operand.text for operand in taken)), wide)

    def _named(self, text: str, wide: bool) -> Expression:
        return Expression(self._declared("vec3" if wide else "float", text), wide)

    def _declared(self, kind: str, text: str) -> str:
        """Return the variable that holds `text`: the same one for the same text."""
        if text not in self.variables:
            self.variables[text] = f"v{len(self.variables)}"
            self.lines.append(f"{kind} {self.variables[text]} = {text};")
        return self.variables[text]


def _constant(socket: Any) -> Expression:
    value: Any = getattr(socket, "default_value", 0.0)
    if socket.type in ("VALUE", "INT"):
        return Expression(_literal(value), False, float(value))
    if socket.type not in ("VECTOR", "RGBA"):
        return Expression("0.0", False, 0.0)
    parts = [float(part) for part in value][:3]
    same = parts[0] if parts.count(parts[0]) == 3 else None
    return Expression(f"vec3({', '.join(map(_literal, parts))})", True, same)


def _literal(value: float) -> str:
    text = repr(float(value))
    return f"({text})" if text.startswith("-") else text


def _wide(value: Expression) -> Expression:
    return value if value.wide else Expression(f"vec3({value.text})", True, value.number)


def _number(value: Expression) -> Expression:
    if value.wide:
        raise NotImplementedError(f"a vector as a number: {value.text}")
    return value
