"""Domain-adversarial neural network (Ganin et al. 2016).

    min over features and head, max over D:   cross-entropy(synthetic) - weight * strength * L_domain(D)

(equations (9) to (11)): a domain discriminator D learns to tell the domains apart by their features, and the
gradient reversal layer lets the features learn that it cannot. The strength rises from 0 to 1 (section
5.2.2), over the run or over as many steps as `adversary.warm_up` says.
"""

from torch import Tensor

from train.data.batch import Batch
from train.methods.alignment import Alignment, Terms
from train.networks.domain_discriminator import DomainDiscriminator, domain_loss
from train.networks.gradient_reversal import reverse_gradient
from train.params import TrainParams


class Method(Alignment):
    """The domain discriminator sees what the classifier's last layers see.

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="dann", size=32, backbone="test_resnet", pretrained=False)
    >>> sorted(Method(params, classes=7).optimizers)
    ['adversary', 'classifier']
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        own = params.adversary
        self.discriminator = DomainDiscriminator(self.classifier.num_features, own.width, own.batch_norm)
        self.add_adversary(self.discriminator)

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        reversed_features = reverse_gradient(features, self.reversal(batch))
        domain = domain_loss(self.discriminator(reversed_features), len(batch.x))
        return {"domain": (self.params.adversary.weight, domain)}
