"""Shader node graphs written as plain Python arithmetic.

    stripe = smoothstep(0.4, 0.5, sin(uv.x * tau / p.period_cm))
    color = p.ground.mix(p.color, stripe)

adds the nodes that compute just that. A `Value` is an output socket: a number per pixel, or three (a vector
or a colour). Everything here works on the node tree it is given, so this module imports no bpy.
Longer than other files, so that a pattern finds every operation in one.
"""

from __future__ import annotations

from typing import Any

from materials.inputs import Input

Number = float  # a Python int or float, or the same for every pixel


class Graph:
    """A node tree to build in; hands out its inputs and keeps its nodes in readable columns."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def node(self, kind: str, **settings: Any) -> Any:
        """Add a node of bl_idname `kind` and set its attributes."""
        node = self.tree.nodes.new(kind)
        for name, value in settings.items():
            setattr(node, name, value)
        return node

    def link(self, source: Value | Number | tuple[float, ...], target: Any) -> None:
        """Feed an input socket from a value, or set it to a constant."""
        if isinstance(source, Value):
            self.tree.links.new(source.socket, target)
        elif target.type in ("VECTOR", "RGBA"):
            channels = source if isinstance(source, tuple) else (source,) * 3
            target.default_value = (*channels, 1.0) if target.type == "RGBA" else channels
        else:
            target.default_value = source

    def value(self, socket: Any) -> Value:
        """Wrap an output socket."""
        return Value(self, socket)

    def arrange(self) -> None:
        """Place every node in a column right of what feeds it, so that a person can read the graph."""
        feeds: dict[str, list[str]] = {node.name: [] for node in self.tree.nodes}
        for link in self.tree.links:
            feeds[link.to_node.name].append(link.from_node.name)
        depth: dict[str, int] = {}
        for node in self.tree.nodes:
            stack = [node.name]
            while stack:
                name = stack[-1]
                waiting = [f for f in feeds[name] if f not in depth]
                if waiting:
                    stack += waiting
                else:
                    depth[stack.pop()] = 1 + max((depth[f] for f in feeds[name]), default=-1)
        rows: dict[int, int] = {}
        for node in self.tree.nodes:
            column = depth[node.name]
            node.location = (column * 200, -rows.get(column, 0) * 180)
            rows[column] = rows.get(column, 0) + 1


class Value:
    """An output socket; operators add the node that computes them."""

    def __init__(self, graph: Graph, socket: Any) -> None:
        self.graph = graph
        self.socket = socket

    @property
    def is_vector(self) -> bool:
        """Whether it holds three numbers (a vector or a colour)."""
        return self.socket.type in ("VECTOR", "RGBA")

    def __add__(self, other: Operand) -> Value:
        return _math("ADD", self, other)

    def __sub__(self, other: Operand) -> Value:
        return _math("SUBTRACT", self, other)

    def __mul__(self, other: Operand) -> Value:
        return _math("MULTIPLY", self, other)

    def __truediv__(self, other: Operand) -> Value:
        return _math("DIVIDE", self, other)

    def __pow__(self, other: Operand) -> Value:
        return _math("POWER", self, other)

    def __radd__(self, other: Number) -> Value:
        return _math("ADD", other, self)

    def __rsub__(self, other: Number) -> Value:
        return _math("SUBTRACT", other, self)

    def __rmul__(self, other: Number) -> Value:
        return _math("MULTIPLY", other, self)

    def __rtruediv__(self, other: Number) -> Value:
        return _math("DIVIDE", other, self)

    def __neg__(self) -> Value:
        return _math("MULTIPLY", self, -1.0)

    def __gt__(self, other: Operand) -> Value:
        """1 where it is greater, else 0."""
        return _math("GREATER_THAN", self, other)

    def __lt__(self, other: Operand) -> Value:
        """1 where it is less, else 0."""
        return _math("LESS_THAN", self, other)

    @property
    def x(self) -> Value:
        """First component."""
        return self._component(0)

    @property
    def y(self) -> Value:
        """Second component."""
        return self._component(1)

    @property
    def z(self) -> Value:
        """Third component."""
        return self._component(2)

    def _component(self, index: int) -> Value:
        separate = next(
            (link.to_node for link in self.socket.links if link.to_node.bl_idname == "ShaderNodeSeparateXYZ"),
            None,
        )
        if separate is None:
            separate = self.graph.node("ShaderNodeSeparateXYZ")
            self.graph.link(self, separate.inputs[0])
        return Value(self.graph, separate.outputs[index])

    def mix(self, other: Operand, factor: Operand) -> Value:
        """Return self where `factor` is 0, `other` where it is 1; the factor is clamped to 0..1."""
        kind, first = ("VECTOR", 4) if self.is_vector else ("FLOAT", 2)
        if self.socket.type == "RGBA" or (isinstance(other, Value) and other.socket.type == "RGBA"):
            kind, first = "RGBA", 6
        node = self.graph.node("ShaderNodeMix", data_type=kind)
        self.graph.link(factor, node.inputs[0])
        self.graph.link(self, node.inputs[first])
        self.graph.link(other, node.inputs[first + 1])
        return Value(self.graph, node.outputs[{"FLOAT": 0, "VECTOR": 1, "RGBA": 2}[kind]])

    def select(self, *options: Operand) -> Value:
        """Return `options[i]` where self is the whole number i."""
        result = options[0]
        for index, option in enumerate(options[1:], start=1):
            step = _math("GREATER_THAN", self, index - 0.5)
            if not isinstance(result, Value):
                result = step * 0.0 + result
            result = result.mix(option, step)
        assert isinstance(result, Value)
        return result


Operand = Value | Number


class Inputs:
    """The inputs of a pattern's node group by field name: `p.period_cm` is the value of "Period (cm)".

    Blender 5 simplifies a graph by the constants it is given (a mix by 0 vanishes) and then compiles another
    shader. So each number has a zero added that depends on `position`: the graph is the same for every draw.
    """

    def __init__(self, graph: Graph, group_input: Any, inputs: list[Input], position: Value) -> None:
        self._sockets = {i.field: Value(graph, group_input.outputs[i.name]) for i in inputs}
        self._values: dict[str, Value] = {}
        self._zero = position.x * 0.0

    def __getattr__(self, field: str) -> Value:
        if field not in self._values:
            if field not in self._sockets:
                raise AttributeError(f"no parameter {field}; there are {', '.join(self._sockets)}")
            value = self._sockets[field]
            self._values[field] = value if value.is_vector else value + self._zero
        return self._values[field]


def _graph(*operands: Operand) -> Graph:
    return next(o.graph for o in operands if isinstance(o, Value))


def _math(operation: str, *operands: Operand) -> Value:
    graph = _graph(*operands)
    vector = any(isinstance(o, Value) and o.is_vector for o in operands)
    node = graph.node("ShaderNodeVectorMath" if vector else "ShaderNodeMath", operation=operation)
    for operand, socket in zip(operands, node.inputs, strict=False):
        graph.link(operand, socket)
    return Value(graph, node.outputs[0])


def sin(x: Value) -> Value:
    """Sine of radians."""
    return _math("SINE", x)


def cos(x: Value) -> Value:
    """Cosine of radians."""
    return _math("COSINE", x)


def floor(x: Value) -> Value:
    """Largest whole number that is not above."""
    return _math("FLOOR", x)


def fract(x: Value) -> Value:
    """What `floor` leaves: 0..1."""
    return _math("FRACTION", x) if x.is_vector else _math("FLOORED_MODULO", x, 1.0)


def absolute(x: Value) -> Value:
    """Distance from zero."""
    return _math("ABSOLUTE", x)


def minimum(a: Operand, b: Operand) -> Value:
    """Smaller of two."""
    return _math("MINIMUM", a, b)


def maximum(a: Operand, b: Operand) -> Value:
    """Larger of two."""
    return _math("MAXIMUM", a, b)


def atan2(y: Value, x: Value) -> Value:
    """Angle of (x, y) in radians, -pi..pi."""
    return _math("ARCTAN2", y, x)


def triangle(x: Value) -> Value:
    """Triangle wave of period 1: 1 at whole numbers, 0 half way."""
    return absolute(fract(x) * 2.0 - 1.0)


def length(v: Value) -> Value:
    """Euclidean length of a vector."""
    node = v.graph.node("ShaderNodeVectorMath", operation="LENGTH")
    v.graph.link(v, node.inputs[0])
    return Value(v.graph, node.outputs["Value"])


def normalize(v: Value) -> Value:
    """The vector of length 1 in the same direction."""
    return _math("NORMALIZE", v)


def dot(a: Value, b: Value) -> Value:
    """Scalar product of two vectors."""
    node = a.graph.node("ShaderNodeVectorMath", operation="DOT_PRODUCT")
    a.graph.link(a, node.inputs[0])
    a.graph.link(b, node.inputs[1])
    return Value(a.graph, node.outputs["Value"])


def vector(x: Operand, y: Operand, z: Operand = 0.0) -> Value:
    """Three numbers as one value."""
    graph = _graph(x, y, z)
    node = graph.node("ShaderNodeCombineXYZ")
    for operand, socket in zip((x, y, z), node.inputs, strict=True):
        graph.link(operand, socket)
    return Value(graph, node.outputs[0])


def smoothstep(low: Operand, high: Operand, x: Value) -> Value:
    """0 below `low`, 1 above `high`, a smooth S between; if `low` is the greater, it falls instead."""
    node = x.graph.node("ShaderNodeMapRange", interpolation_type="SMOOTHSTEP")
    for operand, socket in zip((x, low, high), node.inputs, strict=False):
        x.graph.link(operand, socket)
    return Value(x.graph, node.outputs[0])


def below(edge: Operand, x: Value, softness: Operand) -> Value:
    """1 where x < edge, 0 where x > edge, with a soft edge `softness` wide."""
    return 1.0 - smoothstep(edge - softness * 0.5, edge + softness * 0.5, x)


def rotate(v: Value, degrees: Value) -> Value:
    """Turn a vector in the xy plane, counter-clockwise."""
    angle = degrees * (3.141592653589793 / 180)
    c, s = cos(angle), sin(angle)
    return vector(v.x * c - v.y * s, v.x * s + v.y * c)


def random(cell: Value, seed: Operand = 0.0) -> Value:
    """Three independent uniform numbers 0..1 for every whole-numbered cell (x, y)."""
    node = cell.graph.node("ShaderNodeTexWhiteNoise", noise_dimensions="3D")
    cell.graph.link(vector(cell.x, cell.y, seed), node.inputs["Vector"])
    return Value(cell.graph, node.outputs["Color"])


def noise(position: Value, detail: float = 0.0, roughness: Operand = 0.5, seed: Operand = 0.0) -> Value:
    """Smooth noise 0..1 (mean 0.5) with features about 1 wide and `detail` more octaves."""
    return _noise(position, detail, roughness, seed, "Fac")


def noise3(position: Value, detail: float = 0.0, roughness: Operand = 0.5, seed: Operand = 0.0) -> Value:
    """Three independent noises 0..1 (mean 0.5) with features about 1 wide; costs three times `noise`."""
    return _noise(position, detail, roughness, seed, "Color")


def image(name: str, position: Value) -> Value:
    """Colour of a repeating image at `position`, in tiles; the node is called `name`, its image is set later.

    Without interpolation, because mipmaps blur more than samples alias.
    """
    node = position.graph.node("ShaderNodeTexImage", name=name, label=name, interpolation="Closest")
    position.graph.link(position, node.inputs["Vector"])
    return Value(position.graph, node.outputs["Color"])


def picture(name: str, position: Value) -> tuple[Value, Value]:
    """Colour and opacity 0..1 of a single image that fills the unit square; like `image`, but clipped."""
    color = image(name, position)
    node = color.socket.node
    node.extension = "CLIP"
    return color, Value(position.graph, node.outputs["Alpha"])


def _noise(position: Value, detail: float, roughness: Operand, seed: Operand, output: str) -> Value:
    graph = position.graph
    node = graph.node("ShaderNodeTexNoise", noise_dimensions="2D")
    graph.link(vector(position.x + seed * 17.31, position.y - seed * 29.17), node.inputs["Vector"])
    graph.link(1.0, node.inputs["Scale"])
    graph.link(detail, node.inputs["Detail"])
    graph.link(roughness, node.inputs["Roughness"])
    return Value(graph, node.outputs[output if output in node.outputs else "Factor"])
