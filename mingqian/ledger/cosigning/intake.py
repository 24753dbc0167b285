"""Taking signatures: only true ones of known parties, on checkpoints of this log."""

from mingqian.common.errors import DomainError
from mingqian.ledger import notes
from mingqian.ledger.models.log import Checkpoint, Cosignature
from mingqian.ledger.selectors import cosigners

_MOST = 100_000


def keep(note: str) -> list[Cosignature]:
    """Keep the signatures of known parties on a checkpoint of this log; return those found, new or not.

    Raise DomainError where the checkpoint is not this log's, or bears no signature of a known party. No sign-in is needed for that: only
    who has the key can make one.
    """
    if len(note) > _MOST:
        raise DomainError("内容太长，不是签了名的检查点。")
    note = note.replace("\r\n", "\n")
    try:
        head = notes.read(note, notes.own_key())
        signed = [(one, notes.cosigned_at(note, notes.read_cosigner_key(one.key))) for one in cosigners()]
    except ValueError as error:
        raise DomainError("这不是本平台留痕的检查点，或者其中的签名不对。") from error
    stored = Checkpoint.objects.filter(size=head.size).values_list("note", flat=True).first()
    if stored is None or stored != notes.sign(head.size, head.root):
        raise DomainError(f"平台没有这个 {head.size} 条的检查点。")
    found = [(one, told) for one, told in signed if told is not None]
    if not found:
        raise DomainError("检查点上没有已登记的见证方的签名。")
    return [
        Cosignature.objects.get_or_create(cosigner=one, size=head.size, defaults={"at": at, "line": line})[0]
        for one, (at, line) in found
    ]
