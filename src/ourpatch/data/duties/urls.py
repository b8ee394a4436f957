"""Addresses of the duty ledger."""

from django.urls import path

from ourpatch.data.duties import pages

app_name = "duties"
ONE = "<uuid:partnership_id>/<uuid:organisation_id>/<slug:dataset>/"
urlpatterns = [
    path("", pages.show_ledger, name="ledger"),
    path("ledger.csv", pages.download, name="download"),
    path("answer.pdf", pages.answer_pdf, name="answer_pdf"),
    path("print/", pages.print_answer, name="print"),
    path("declarations/<uuid:declaration_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("<uuid:partnership_id>/<uuid:organisation_id>/contact/", pages.contact, name="contact"),
    path(ONE, pages.show_return, name="return"),
    path(f"{ONE}<slug:start>/nothing/", pages.declare_nothing, name="nothing"),
    path(f"{ONE}<slug:start>/not-held/", pages.declare_not_held, name="not_held"),
    path(f"{ONE}<slug:start>/remind/", pages.remind, name="remind"),
]
