"""What the operations and the parts of a request are called, for the description, the page about it and the errors."""

from __future__ import annotations

from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

ABOUT = _(
    "An organisation's own systems send files and ask what became of them. Everything is asked with a token of the "
    "organisation; nothing here is about a resident."
)

SEND_DELIVERY = _("Send a file")
SHOW_DELIVERY = _("What became of a file, and what was found in it")
DOWNLOAD_REPORT = _("The report as a workbook, with the cells marked that need mending")
LIST_DATASETS = _("The datasets that can be sent")
SHOW_DATASET = _("What a dataset holds, with the codes in use today")
LIST_LAYOUTS = _("The layouts by which your organisation's files are read")

OPERATIONS: dict[str, Message] = {
    "send_delivery": SEND_DELIVERY,
    "show_delivery": SHOW_DELIVERY,
    "download_report": DOWNLOAD_REPORT,
    "list_datasets": LIST_DATASETS,
    "show_dataset": SHOW_DATASET,
    "list_layouts": LIST_LAYOUTS,
}

FIELDS: dict[str, Message] = {
    "file": _("Send the file itself as the part called file of multipart/form-data."),
    "dataset": _("Name the dataset by its key. GET /api/v1/datasets lists the keys."),
    "period": _("Write the first day of the month or quarter like 2026-07-01, or leave it to the rows."),
    "months": _("Say 1 for a month or 3 for a quarter."),
    "extent": _("Say whole for everything of the period, or correction for corrected rows only."),
    "empties-months": _(
        "Say true if months that the file has no row for, or far fewer than are loaded, are to lose their rows."
    ),
    "layout": _("Name a layout by its id. GET /api/v1/layouts lists them."),
    "idempotency-key": _(
        "Send the header Idempotency-Key: 8 to 100 letters and figures without a space, a new one for every new file."
    ),
    "start": _("Say from which finding on, as a whole number from 0."),
}
OTHER_FIELD = _("This cannot be read. See the description of the operation.")
