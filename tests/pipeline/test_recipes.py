"""The rivals' recipes: one whole step of each is the reference's, written down here a second time."""

import copy
import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from pipeline.experiments.recipe import FOLDER, recipe
from pipeline.experiments.rows import ROWS
from pipeline.experiments.run import settings_of
from pipeline.params import load_params
from pipeline.scale import NAMES, apply_scale
from tests.helpers.pipeline_project import ROOT
from tests.helpers.train_project import CLASSES, make_run
from train.data.batch import Batch
from train.loop.loop import train
from train.loop.schedule import rate_factor
from train.methods import method_class
from train.methods.base import Method
from train.model_folder import load_classifier
from train.params import TrainParams

RIVALS = ("source_only_sgd", "dann", "cdan", "bsp", "mdd", "afn", "afn_hard", "mcc", "mic")
BASE = TrainParams(size=32, backbone="test_resnet", pretrained=False, batch_size=8)
STEP = 700
STRENGTH = 2 / (1 + math.exp(-STEP / 1000)) - 1
N, K = 8, 7


def drawn() -> Batch:
    draw = torch.Generator().manual_seed(1)
    x, y = (torch.rand(N, 3, 32, 32, generator=draw) * 2 - 1 for _ in range(2))
    return Batch(x, torch.arange(N) % K, y, 0, STEP, 0.99, np.random.default_rng(0))


def made(row: str) -> tuple[TrainParams, Method]:
    params = settings_of(row, BASE)
    torch.manual_seed(0)
    return params, method_class(params.method)(params, K).train()


def take_step(params: TrainParams, method: Method) -> None:
    factor = rate_factor(params, STEP, 0.99)
    for optimizer in method.optimizers.values():
        for group in optimizer.param_groups:
            group["lr"] *= factor
    torch.manual_seed(1)
    for update in method.step(drawn()):
        update.loss.backward()
        for name in update.optimizers:
            method.optimizers[name].step()
        method.zero_grad()


def reverse(f: Tensor, strength: float) -> Tensor:
    """The same values; -strength times the gradient."""
    return (1 + strength) * f.detach() - strength * f


def look(m: Method, images: Tensor) -> tuple[Tensor, Tensor]:
    """Features and logits."""
    c = m.classifier
    f = c.bottleneck(c.backbone((images * 0.5 + 0.5 - c.mean) / c.std))
    return f, c.head(c.hidden(f))


def halves(d: Tensor) -> tuple[Tensor, Tensor]:
    """-log of a sigmoid discriminator's probability of the right domain."""
    return -torch.sigmoid(d[:N]).log(), -(1 - torch.sigmoid(d[N:])).log()


def entropy(p: Tensor) -> Tensor:
    return -(p * p.log()).sum(1)


def confusion(logits: Tensor, temperature: float) -> Tensor:
    p = torch.softmax(logits / temperature, 1)
    weight = (1 + torch.exp(-entropy(p))).detach()
    weight = N * weight / weight.sum()
    matrix = (p * weight[:, None]).T @ p
    matrix = matrix / matrix.sum(1, keepdim=True)
    return (matrix.sum() - matrix.trace()) / K


def dann(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    s, t = halves(m.discriminator(reverse(f, STRENGTH)))
    return 0.5 * (s.mean() + t.mean())


def bsp(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    spectral = sum(torch.linalg.matrix_norm(half, 2).square() for half in (f[:N], f[N:]))
    return dann(m, b, f, g) + 2e-4 * 32 / N * spectral


def outer(f: Tensor, g: Tensor) -> Tensor:
    return torch.einsum("nf,nk->nfk", f, g.softmax(1).detach()).flatten(1)


def cdan(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    s, t = halves(m.discriminator(reverse(outer(f, g), STRENGTH)))
    w = 1 + torch.exp(-entropy(g.softmax(1).detach()))
    return 0.5 * ((w[:N] * s).sum() / w[:N].sum() + (w[N:] * t).sum() / w[N:].sum())


def mdd(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    p = m.second_head(reverse(f, 0.1 * STRENGTH)).softmax(1)
    chosen = p.gather(1, g.argmax(1, keepdim=True))
    return -4 * chosen[:N].log().mean() - (1 - chosen[N:]).log().mean()


def afn(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    norm = f.norm(dim=1)
    grown = (norm - (norm.detach() + 0.3)).square()
    return 0.05 * (grown[:N].mean() + grown[N:].mean())


def afn_hard(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    norm = f.norm(dim=1)
    return 0.01 * ((norm[:N].mean() - 25).square() + (norm[N:].mean() - 25).square())


def mcc(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    return confusion(g[N:], 3.0)


def mic(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    """Without the adversary."""
    shown = torch.from_numpy(np.random.default_rng(0).random((N, 1, 4, 4)) > 0.7).float()
    labels = m.teacher(b.y).argmax(1)
    masked = look(m, b.y * shown.repeat_interleave(8, 2).repeat_interleave(8, 3))[1]
    return confusion(g[N:], 3.0) + F.cross_entropy(masked, labels)


def mic_down(m: Method, b: Batch, f: Tensor, g: Tensor) -> Tensor:
    s, t = halves(m.discriminator(reverse(outer(f, g), STRENGTH)))
    return 0.5 * (s.mean() + t.mean()) + mic(m, b, f, g)


Term = Callable[[Method, Batch, Tensor, Tensor], Tensor]
TERMS: dict[str, Term] = {
    "source_only_sgd": lambda m, b, f, g: torch.zeros(()),
    "dann": dann,
    "cdan": cdan,
    "bsp": bsp,
    "mdd": mdd,
    "afn": afn,
    "afn_hard": afn_hard,
    "mcc": mcc,
    "mic": mic_down,
}
RATES = {
    "source_only_sgd": 1e-3,
    "dann": 1e-2,
    "cdan": 1e-2,
    "bsp": 3e-3,
    "mdd": 4e-3,
    "mcc": 2e-3,
    "mic": 2e-3,
}
GAMMA = {"source_only_sgd": 3e-4, "mdd": 2e-4}
DECAY = {"source_only_sgd": 5e-4, "mdd": 5e-4, "afn": 5e-4, "afn_hard": 5e-4}


def gradients(m: Method, term: Term) -> None:
    b = drawn()
    f, g = look(m, b.x if term is TERMS["source_only_sgd"] else torch.cat([b.x, b.y]))
    if term in (afn, afn_hard):
        f = F.dropout(f, 0.5) * math.sqrt(0.5)
        g = m.classifier.head(f)
    m.zero_grad()
    (F.cross_entropy(g[:N], b.labels) + term(m, b, f, g)).backward()


@pytest.mark.parametrize("row", RIVALS)
def test_a_step_of_a_rival_is_that_of_its_reference(row: str) -> None:
    params, ours = made(row)
    theirs = copy.deepcopy(ours)
    take_step(params, ours)

    torch.manual_seed(1)
    weights = {name: p.detach().clone() for name, p in theirs.named_parameters() if p.requires_grad}
    if row == "mic":  # sharpness-aware: up without the adversary, the gradient there
        gradients(theirs, mic)
        climbing = [p for p in theirs.classifier.parameters() if p.grad is not None]
        length = math.sqrt(sum(p.grad.square().sum().item() for p in climbing))
        for p in climbing:
            p.data += 0.02 * p.grad / length
    gradients(theirs, TERMS[row])
    rate = RATES.get(row, 1e-3)
    if not row.startswith("afn"):
        rate *= (1 + GAMMA.get(row, 1e-3) * STEP) ** -0.75
    momentum = 1 if row.startswith("afn") else 1 + 0.9  # of Nesterov's first step
    after = dict(ours.named_parameters())
    for name, p in theirs.named_parameters():
        if p.grad is None or not p.requires_grad:
            continue
        own = rate * (0.1 if name.startswith("classifier.backbone") else 1)
        down = own * momentum * (p.grad + DECAY.get(row, 1e-3) * weights[name])
        torch.testing.assert_close(after[name] - weights[name], -down, rtol=2e-3, atol=2e-7, msg=name)


def test_every_recipe_is_of_a_row_and_cites_its_source() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(RIVALS) <= set(ROWS)
    for row in RIVALS:
        assert recipe(row).source.startswith("https://github.com/")


def test_a_rivals_rates_are_its_own_at_every_scale(tmp_path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes((ROOT / "params.yaml").read_bytes())
    found: dict[str, set] = {row: set() for row in RIVALS}
    for scale in NAMES:
        apply_scale(scale, path)
        for row in RIVALS:
            own = settings_of(row, load_params(path).train)
            uses_adversary = own.method not in ("source_only", "afn", "mcc")
            found[row].add((own.lr, own.adversary.lr if uses_adversary else None, own.schedule))
    assert all(len(rates) == 1 for rates in found.values())
    assert all(adversary in (None, lr) for rates in found.values() for lr, adversary, _ in rates)


def test_heads_and_maps_are_the_references() -> None:
    _, method = made("mdd")
    c = method.classifier
    first, second = ([type(m) for m in head] for head in ([*c.hidden, c.head], method.second_head))
    assert first == second
    assert [c.bottleneck[0].out_features, c.head.in_features, method.second_head[0].in_features] == [1024] * 3
    assert c.bottleneck[0].weight.std().item() == pytest.approx(0.005, rel=0.05)
    for head in (c.hidden[0], method.second_head[0]):
        assert head.weight.std().item() == pytest.approx(0.01, rel=0.05)
    _, method = made("cdan")
    assert not method.map.random
    assert method.map.width == 256 * K


@pytest.mark.parametrize("row", RIVALS)
def test_every_recipe_trains_and_its_classifier_is_read_again(row: str, tmp_path) -> None:
    tiny = make_run(tmp_path).params
    own = settings_of(row, tiny).model_copy(update={"batch_size": 6, "epochs": 1})
    run = make_run(tmp_path, **own.model_dump())
    train(run)
    read = load_classifier(run.out / "classifier")
    assert read.classes == CLASSES
    assert read.description.bottleneck == own.bottleneck
    assert read.probabilities(torch.rand(2, 3, 32, 32)).isfinite().all()
