"""Names in Welsh sentences, and Welsh words that are also names where they name nobody: one half for tuning, one held out.

Both halves were written before the lists knew any Welsh; the names are invented out of common Welsh given names and surnames.
"""

from __future__ import annotations

from itertools import cycle
from random import Random

from tests.data.gate.measuring import Tally

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.gate import names

EACH = 4
SEED = 7

GIVEN = {
    "tuned": (
        "Beth",
        "Gwyn",
        "Rhys",
        "Heulwen",
        "Siân",
        "Bryn",
        "Eleri",
        "Dewi",
        "Mair",
        "Owain",
        "Ffion",
        "Gwen",
        "Carys",
        "Iolo",
    ),
    "held out": (
        "Beth",
        "Glyn",
        "Llinos",
        "Aled",
        "Enfys",
        "Emyr",
        "Mared",
        "Wyn",
        "Nia",
        "Tomos",
        "Seren",
        "Huw",
        "Lowri",
        "Mai",
    ),
}
SURNAMES = {
    "tuned": ("Jones", "Davies", "Llywelyn", "Pritchard", "Rees", "Griffiths", "Gwilym", "Morgan"),
    "held out": ("Williams", "Evans", "Bowen", "Prosser", "Parry", "Roberts", "Tudur", "Lloyd"),
}
NAMED = {
    "tuned": (
        "Dywedodd {given} fod rhywun wedi torri'r ffenestr",
        "Galwodd {name} i ddweud bod pobl ifanc yn y parc",
        "Gwelwyd {name} ger y siopau gyda chyllell",
        "Mae {name} wedi symud o'r tŷ",
        "Dioddefwr: {name}. Dim anafiadau.",
        "Mr {surname} o'r gymdeithas tenantiaid a ffoniodd",
        "Cafodd {name} ei arestio gerllaw",
        "Mam {name} yn poeni am y sŵn",
        "Roedd {given} a {name} yn ymladd ger yr ysgol",
        "{name} wedi bygwth y staff",
        "Siaradwyd â {name} am y sbwriel",
        "Cymydog, {name}, yn chwarae cerddoriaeth",
        "Gwelais {given} yn y maes parcio eto",
        "{surname}, {given}",
    ),
    "held out": (
        "Mae {given} yn dweud iddi gael ei tharo",
        "Ffoniodd {name} eto am y ceir",
        "Roedd {name} yn feddw ar y stryd",
        "Yr un a amheuir yw {name}",
        "Tyst: {name}, dim datganiad",
        "Mrs {surname} yn cwyno am y cŵn",
        "Gofynnodd {name} i'r heddlu ddod yn ôl",
        "Bu {name} mewn dadl gyda {given}",
        "Gadawyd neges i {name} gan y swyddog",
        "Disgybl {name} yn taflu cadair",
        "Cyhuddwyd {name} o ddwyn beic",
        "Y gyrrwr, {name}, wedi gadael",
        "Soniodd {given} am y tân wrth y ganolfan",
        "{name}",
    ),
}
CLEAN = {
    "tuned": (
        "Beth", "Beth ddigwyddodd", "Beth ddigwyddodd?", "Beth oedd y math o ddigwyddiad", "Beth gafodd ei ddwyn?", "Beth a ble",
        "BETH DDIGWYDDODD", "Beth, ble a phryd", "Dydd Iau", "Dydd Mawrth 3 Mawrth", "Mis Mai", "Ion - Maw 2026",
        "Ion Chwe Maw Ebr", "Ion", "Haf 2026", "Car gwyn heb blât", "Gwyn", "Gwyn a glas", "Du a Gwyn", "Llwyd a gwyn",
        "Tân mewn bin ger yr ysgol",
        "Dan ymchwiliad", "Dan 18 oed yn yfed alcohol", "Pobl ifanc yn y parc nos Iau", "Sbwriel ar Heol y Bryn", "Bryn", "Iau",
        "Ar y bryn ger y môr", "Nid oes tystion", "Dim byd pellach", "Alcohol a chyffuriau", "Ysgol Dewi Sant", "Eglwys Mair",
        "Gŵyl Dewi", "Seren a lleuad ar y wal", "Enfys o raffiti ar y bont", "Heulwen isel yn dallu gyrwyr", "Gwanwyn a haf",
        "Categorïau'r digwyddiadau", "Crëwyd mewn camgymeriad", "Tân bwriadol mewn cerbyd", "Ebrill, Mai a Mehefin", "Nos Wener",
        "Mai oedd y mis gwaethaf", "Hon oedd y drydedd alwad", "Ger y Bont Wen", "Wedi'i ddatrys yn y fan a'r lle",
    ),
    "held out": (
        "Beth welwyd", "Beth oedd y canlyniad?", "Beth yw lliw'r car", "Beth sydd yno", "Beth gafodd ei ddifrodi",
        "Pwy, beth a phryd",
        "BETH OEDD YNO", "Beth a phryd", "Dydd Gwener", "Dydd Mercher 4 Chwefror", "Mis Medi", "Ion-Meh 2026", "Gorff Awst Medi",
        "Gaeaf 2025", "Fan wen, drws glas", "Gwyn neu arian", "Glas a Gwyn", "Tân gwyllt ar y cae", "Tân eilaidd, dim anafiadau",
        "Dan reolaeth", "Dan ddylanwad alcohol", "Rhieni'n cwyno nos Sul", "Glyn", "Mewn glyn ger yr afon", "Cwyn am sŵn",
        "Heb ei ddatrys", "Difrod i gerbyd", "Ysgol Llanfair", "Eglwys Dewi Sant", "Llinos ar y to a sbwriel oddi tano",
        "Mair a'r baban o'r arddangosfa wedi'u torri", "Seren wib uwchben y traeth", "Hydref a gaeaf", "Categorïau troseddau",
        "Creulondeb i gŵn", "Cyflëwyd y neges", "Medi oedd y mis tawelaf", "Wyn bach wedi'u lladd ar y fferm", "Beic mynydd coch",
        "Ymosodiad heb anaf", "Nos Iau a nos Wener", "Gwener a Sadwrn", "Tachwedd a Rhagfyr", "Bryn uwchben y dref",
    ),
}  # fmt: skip

HEADINGS = (
    *(
        "Enw",
        "Enw'r dioddefwr",
        "Enw llawn",
        "Cyfenw",
        "Enw cyntaf",
        "Dyddiad geni",
        "Rhif ffôn",
        "E-bost",
        "Cyfeiriad cartref",
    ),
    *("Dioddefwr", "Tyst", "Cyfeiriad y dioddefwr", "Enw'r swyddog", "Rhif nominal"),
)
CLEAN_HEADINGS = (
    *(
        "Enw'r ysgol",
        "Enw'r stryd",
        "Beth ddigwyddodd",
        "Math o ddigwyddiad",
        "Dyddiad",
        "Amser",
        "Lle",
        "Cyfeirnod",
        "Oed",
    ),
    *("Rhyw", "Nifer y dioddefwyr", "Oed y dioddefwr", "Ardal fach", "Cod post y lle", "Canlyniad", "Enw'r orsaf dân"),
)


def measure_welsh(half: str, missed: list[str] | None = None) -> tuple[Tally, Tally]:
    """Names that are found in Welsh sentences, and Welsh cells and headings without one that are wrongly held (or noted)."""
    found, alarms = Tally(), Tally()
    for text in named(half):
        _count(found, text)
        if missed is not None and not _sure(text):
            missed.append(f"missed: {text}")
    for text in CLEAN[half]:
        _count(alarms, text)
        if missed is not None and not gate.quotable(text):
            missed.append(f"alarm: {text}")
    return found, alarms


def named(half: str) -> list[str]:
    """Sentences that hold a name, each with several."""
    rng = Random(SEED)
    given, surnames = cycle(rng.sample(GIVEN[half], len(GIVEN[half]))), cycle(SURNAMES[half])
    made = []
    for template in NAMED[half]:
        for _ in range(EACH):
            first, last = next(given), next(surnames)
            made.append(template.format(given=first, surname=last, name=f"{first} {last}"))
    return made


def _count(tally: Tally, text: str) -> None:
    hit = names.find(text)
    tally.of += 1
    tally.held += bool(hit and hit.sure)
    tally.noted += bool(hit and not hit.sure)


def _sure(text: str) -> bool:
    hit = names.find(text)
    return bool(hit and hit.sure)
