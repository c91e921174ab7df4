"""What is measured at the end of an epoch, without a label of a photo."""

import torch
from torch import nn

from train.data.batch import in_batches
from train.data.domains import Domains
from train.loop.choice import Choice
from train.networks.classifier import Classifier
from train.networks.generator import Generator
from train.params import TrainParams
from train.translation.judge import Judge


class Measures:
    """Figures of the classifier and the generator that would be saved; keeps the best classifier in `choice`.

    Args: translates: whether there is a generator; classes: how many there are.
    """

    def __init__(
        self,
        params: TrainParams,
        domains: Domains,
        classes: int,
        translates: bool,
        choice: Choice,
        device: torch.device,
    ) -> None:
        self.params, self.renders, self.device, self.choice = params, domains.validation, device, choice
        enough = min(len(domains.validation), len(domains.target)) >= 2
        self.judge = None
        if enough and (translates or params.choose == "best"):
            backbone = Classifier(params.backbone, classes, params.pretrained).to(device)
            self.judge = Judge(domains, backbone, device)

    def of(
        self, classifier: nn.Module, generator: Generator | None, ended: int, prepared: bool
    ) -> dict[str, float]:
        """Return figures by the names of their curves; offer the classifier to `choice` if one is to be made.

        Args: ended: epochs that have ended; prepared: whether the classifier has been trained in one.
        """
        found: dict[str, float] = {}
        if len(self.renders):
            found["synthetic_val/accuracy"] = self.accuracy(classifier, generator)
        if self.judge and generator:
            found |= {f"translation/{name}": value for name, value in self.judge(generator).items()}
        if self.judge and prepared:
            agreement = self.judge.agreement(classifier)
            found |= {f"photos/{name}": value for name, value in agreement.items()}
            if self.params.choose == "best":
                self.choice.offer(classifier, ended, agreement)
                found["photos/chosen_epoch"] = float(self.choice.epoch)
        return found

    @torch.no_grad()
    def accuracy(self, classifier: nn.Module, generator: Generator | None) -> float:
        """Share of held-back renders, translated if there is a generator, that the classifier reads right."""
        training = [network.training for network in (classifier, generator) if network]
        predicted = []
        for network in (classifier, generator):
            if network:
                network.eval()
        for x in in_batches(self.renders.pixels, self.device):
            predicted.append(classifier(generator(x) if generator else x).argmax(dim=1).cpu())
        for network, was in zip((n for n in (classifier, generator) if n), training, strict=True):
            network.train(was)
        return float((torch.cat(predicted).numpy() == self.renders.labels).mean())
