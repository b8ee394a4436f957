"""Addresses of the Data pages."""

from django.urls import path

from ourpatch.data.exchange import delivery_pages, layout_pages, pages, specification_pages
from ourpatch.data.exchange import specification_own_pages as own_pages

app_name = "exchange"
urlpatterns = [
    path("", pages.show_data, name="data"),
    path("hand-in/", pages.hand_in, name="hand_in"),
    path("rules/", pages.show_rules, name="rules"),
    path("specifications/", specification_pages.show_specifications, name="specifications"),
    path("specifications/add/", own_pages.add_specification, name="add_specification"),
    path("specifications/upload/", own_pages.upload_specification, name="upload_specification"),
    path("specifications/<slug:dataset>/", specification_pages.show_specification, name="specification"),
    path(
        "specifications/<slug:dataset>/specification.yaml",
        specification_pages.download_specification,
        name="specification_file",
    ),
    path("specifications/<slug:dataset>/revise/", own_pages.revise_specification, name="revise_specification"),
    path("specifications/<slug:dataset>/retire/", own_pages.retire_specification, name="retire_specification"),
    path("send/", delivery_pages.send, name="send"),
    path("deliveries/", delivery_pages.show_deliveries, name="deliveries"),
    path("deliveries/<uuid:delivery_id>/", delivery_pages.show_delivery, name="delivery"),
    path("deliveries/<uuid:delivery_id>/report.xlsx", delivery_pages.download_report, name="report"),
    path("deliveries/<uuid:delivery_id>/findings.csv", delivery_pages.download_findings, name="findings"),
    path("deliveries/<uuid:delivery_id>/match/", layout_pages.match, name="match"),
    path("deliveries/<uuid:delivery_id>/preview/", layout_pages.preview, name="preview"),
    path("deliveries/<uuid:delivery_id>/let-through/", delivery_pages.let_through, name="let_through"),
    path("deliveries/<uuid:delivery_id>/empty-months/", delivery_pages.empty_months, name="empty_months"),
    path("deliveries/<uuid:delivery_id>/withdraw/", delivery_pages.withdraw, name="withdraw"),
    path("layouts/", layout_pages.show_layouts, name="layouts"),
    path("layouts/import/", layout_pages.import_layout, name="import_layout"),
    path("layouts/<uuid:layout_id>/", layout_pages.show_layout, name="layout"),
    path("layouts/<uuid:layout_id>/layout.json", layout_pages.download_layout, name="layout_file"),
    path("layouts/<uuid:layout_id>/retire/", layout_pages.retire_layout, name="retire_layout"),
    path("<uuid:submission_id>/", pages.show_submission, name="submission"),
    path("<uuid:submission_id>/undo/", pages.undo, name="undo"),
]
