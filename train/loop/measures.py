"""What is measured at the end of an epoch, without a label of a photo."""

import torch
from torch import nn

from train.data.batch import in_batches
from train.data.domains import Domains
from train.loop.choice import Choice
from train.networks.classifier import Classifier
from train.networks.evaluating import evaluating
from train.networks.generator import Generator
from train.params import TrainParams
from train.prior import logits_of
from train.translation.judge import Judge, enough


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
        self.judge = None
        if enough(domains) and (translates or params.choose == "best"):
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

    def accuracy(self, classifier: nn.Module, generator: Generator | None) -> float:
        """Share of held-back renders, translated if there is a generator, that the classifier reads right."""
        translate = generator or nn.Identity()
        with evaluating(translate):
            renders = map(translate, in_batches(self.renders.pixels, self.device))
            predicted = logits_of(classifier, renders).argmax(dim=1).numpy()
        return float((predicted == self.renders.labels).mean())
