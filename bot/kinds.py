"""The kinds of run: what each keeps of itself."""

from bot.production.inputs.deploy import DeployInputs
from bot.production.inputs.rollback import RollbackInputs
from bot.restores.model import RestoreInputs
from bot.runs.inputs import Inputs

INPUTS: dict[str, type[Inputs]] = {"deploy": DeployInputs, "rollback": RollbackInputs, "restore": RestoreInputs}


def inputs_of(kind: str) -> type[Inputs]:
    """What a run of this kind keeps."""
    return INPUTS.get(kind, Inputs)
