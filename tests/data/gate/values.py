"""Invented identifiers with right check digits, and clean values that look like them, from a random source that is seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

PLATE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
MARK_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
AREAS = ("PR", "BB", "LA", "FY", "BL", "WN", "LL", "CF", "SA", "NG", "LE", "BD", "S", "M", "E", "SW")
MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "November", "December")


@dataclass
class Values:
    """What a template may name in braces; each call is another value."""

    rng: Random
    people: Sequence[str]

    def __getitem__(self, name: str) -> str:
        value: str = getattr(self, name)()
        return value

    def digits(self, count: int) -> str:
        return "".join(str(self.rng.randrange(10)) for _ in range(count))

    def letters(self, count: int, among: str = MARK_LETTERS) -> str:
        return "".join(self.rng.choice(among) for _ in range(count))

    # People

    def name(self) -> str:
        return self.rng.choice(self.people)

    def name_upper(self) -> str:
        return self.name().upper()

    def name_lower(self) -> str:
        return self.name().lower()

    def given(self) -> str:
        return self.name().split()[0]

    def surname(self) -> str:
        return self.name().split()[-1]

    def surname_upper(self) -> str:
        return self.surname().upper()

    def surname_first(self) -> str:
        given, surname = self.name().split()[0], self.name().split()[-1]
        return f"{surname.upper()}, {given}"

    def initial_surname(self) -> str:
        return f"{self.name()[0]}. {self.surname()}"

    # Dates of birth

    def birthday(self) -> date:
        return date(1936, 1, 1) + timedelta(days=self.rng.randrange(25_000))

    def born(self) -> str:
        return self.birthday().strftime("%d/%m/%Y")

    def born_short(self) -> str:
        return self.birthday().strftime("%d.%m.%y")

    def born_iso(self) -> str:
        return self.birthday().isoformat()

    def born_words(self) -> str:
        day = self.birthday()
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    # Places

    def postcode(self) -> str:
        return f"{self.outward()} {self.rng.randrange(1, 10)}{self.letters(2, INWARD)}"

    def postcode_joined(self) -> str:
        return self.postcode().replace(" ", "")

    def postcode_lower(self) -> str:
        return self.postcode().lower()

    def outward(self) -> str:
        return f"{self.rng.choice(AREAS)}{self.rng.randrange(1, 20)}"

    def house(self) -> str:
        return str(self.rng.randrange(1, 190))

    def flat(self) -> str:
        return f"{self.rng.randrange(1, 30)}{self.rng.choice(('', 'a', 'B'))}"

    # Numbers with check digits

    def nhs(self) -> str:
        while True:
            first = self.rng.choice("4679") + self.digits(8)
            check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(first)) % 11
            if check != 10:
                return first + str(check % 11)

    def nhs_spaced(self) -> str:
        n = self.nhs()
        return f"{n[:3]} {n[3:6]} {n[6:]}"

    def nhs_dashed(self) -> str:
        return self.nhs_spaced().replace(" ", "-")

    def nhs_dotted(self) -> str:
        return self.nhs_spaced().replace(" ", ".")

    def nhs_letter_o(self) -> str:
        while "0" not in (n := self.nhs_spaced())[1:]:
            pass
        return n[0] + n[1:].replace("0", "O")

    def card(self) -> str:
        first = self.rng.choice(("4539", "5402", "4658", "5576")) + self.digits(11)
        total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(first))
        return first + str(-total % 10)

    def card_spaced(self) -> str:
        n = self.card()
        return " ".join(n[i : i + 4] for i in range(0, 16, 4))

    def card_dashed(self) -> str:
        return self.card_spaced().replace(" ", "-")

    # Police and state

    def custody(self) -> str:
        return f"{self.digits(2)}{self.letters(2)}/{self.rng.randrange(1, 9999)}/{self.rng.randrange(15, 26)}"

    def custody_plain(self) -> str:
        return f"{self.letters(3)}/{self.rng.randrange(100, 99999)}/{self.rng.randrange(15, 26)}"

    def arrest_summons(self) -> str:
        return f"{self.rng.randrange(15, 26)}/{self.digits(2)}{self.letters(2)}/01/{self.digits(5)}{self.letters(1)}"

    def pnc(self) -> str:
        year, serial = self.rng.randrange(1990, 2025), self.rng.randrange(1, 999_999)
        return f"{year}/{serial:07d}{'ZABCDEFGHJKLMNPQRTUVWXY'[int(f'{year % 100:02d}{serial:07d}') % 23]}"

    def pnc_short(self) -> str:
        long = self.pnc()
        return f"{long[2:5]}{int(long[5:-1])}{long[-1]}"

    def nominal(self) -> str:
        return str(self.rng.randrange(100_000, 9_999_999))

    def prisoner(self) -> str:
        return f"A{self.digits(4)}{self.letters(2)}"

    def ni(self) -> str:
        return f"{self.rng.choice(('AB', 'JC', 'NW', 'PX', 'SR', 'YH', 'WE'))}{self.digits(6)}{self.rng.choice('ABCD')}"

    def ni_spaced(self) -> str:
        n = self.ni()
        return f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:8]} {n[8]}"

    def ni_lower(self) -> str:
        return self.ni().lower()

    def ni_dotted(self) -> str:
        return self.ni_spaced().replace(" ", ".")

    def licence(self) -> str:
        day = self.birthday()
        month = day.month + self.rng.choice((0, 50))
        stem = self.rng.choice(
            ("MORGA", "SMITH", "JONES", "KHAN9", "PATEL", "LEE99", "WILLI", "NOWAK", "OKAFO", "HUGHE")
        )
        year = f"{day.year % 100:02d}"
        return f"{stem}{year[0]}{month:02d}{day.day:02d}{year[1]}{self.letters(1)}9{self.digits(1)}{self.letters(2)}"

    def licence_spaced(self) -> str:
        n = self.licence()
        return f"{n[:5]} {n[5:11]} {n[11:]}"

    def passport(self) -> str:
        return self.digits(9)

    # Vehicles

    def mark(self) -> str:
        year = self.rng.choice((self.rng.randrange(2, 26), self.rng.randrange(51, 76)))
        return f"{self.letters(2, PLATE_LETTERS)}{year:02d} {self.mark_end()}"

    def mark_end(self) -> str:
        while (three := self.letters(3)) in ("THE", "AND", "BUS", "CAR", "VAN", "FOR", "ASB"):
            pass
        return three

    def mark_joined(self) -> str:
        return self.mark().replace(" ", "")

    def mark_lower(self) -> str:
        return self.mark().lower()

    def mark_letter_o(self) -> str:
        while "0" not in (mark := self.mark()):
            pass
        return mark.replace("0", "O")

    def mark_prefix(self) -> str:
        return f"{self.letters(1, 'HJKLMNPRSTVWXY')}{self.rng.randrange(100, 999)} {self.mark_end()}"

    def mark_suffix(self) -> str:
        return f"{self.mark_end()} {self.rng.randrange(100, 999)}{self.letters(1, 'HJKLMNPRSTVWXY')}"

    def mark_dateless(self) -> str:
        return f"{self.letters(3, 'BCDFGHJKLMNPR')} {self.rng.randrange(100, 999)}"

    def mark_ni(self) -> str:
        return f"{self.letters(1, 'ABCDEFGHJKLMN')}{self.rng.choice('IZ')}Z {self.rng.randrange(1000, 9999)}"

    # Ways to reach somebody

    def mobile(self) -> str:
        return f"07700900{self.digits(3)}"

    def mobile_spaced(self) -> str:
        return f"07{self.digits(3)} {self.digits(6)}"

    def mobile_threes(self) -> str:
        return f"07{self.digits(3)} {self.digits(3)} {self.digits(3)}"

    def mobile_dots(self) -> str:
        return self.mobile_threes().replace(" ", ".")

    def mobile_letter_o(self) -> str:
        return f"O77OO 9OO{self.digits(3)}"

    def mobile_plus(self) -> str:
        return f"+44 7{self.digits(3)} {self.digits(6)}"

    def mobile_zeros(self) -> str:
        return f"0044 7{self.digits(3)} {self.digits(3)} {self.digits(3)}"

    def landline(self) -> str:
        return f"01{self.rng.choice(('772', '254', '524', '253', '282'))} {self.digits(6)}"

    def landline_brackets(self) -> str:
        return f"(01{self.rng.choice(('772', '254', '524'))}) {self.digits(3)}{self.digits(3)}"

    def landline_plus(self) -> str:
        return f"+44 (0)1{self.rng.choice(('772', '254'))} {self.digits(6)}"

    def landline_extension(self) -> str:
        return f"0161 {self.digits(3)} {self.digits(4)} ext {self.digits(3)}"

    def word(self) -> str:
        return self.surname().lower().encode("ascii", "ignore").decode().replace("-", "").replace("'", "") or "smith"

    def email(self) -> str:
        return f"{self.word()}{self.digits(2)}@{self.rng.choice(('gmail.com', 'hotmail.co.uk', 'outlook.com', 'btinternet.com'))}"

    def email_at(self) -> str:
        return self.email().replace("@", " (at) ").replace(".", " dot ")

    def email_spaced(self) -> str:
        return self.email().replace("@", " @ ")

    def email_upper(self) -> str:
        return self.email().upper()

    def ip(self) -> str:
        return ".".join(str(self.rng.randrange(21, 250)) for _ in range(4))

    def ip6(self) -> str:
        return "2a02:c7f:" + ":".join(f"{self.rng.randrange(4096, 65535):x}" for _ in range(6))

    def mac(self) -> str:
        return ":".join(f"{self.rng.randrange(16, 255):02X}" for _ in range(6))

    def handle(self) -> str:
        return f"{self.word()}_{self.digits(2)}"

    def handle_word(self) -> str:
        return f"{self.word()}{self.rng.choice(('lad', 'xx', 'official', 'x'))}"

    def long_id(self) -> str:
        return self.digits(8)

    # Clean fillers

    def recent(self) -> str:
        day = date(2026, 1, 1) + timedelta(days=self.rng.randrange(80))
        return self.rng.choice(
            (day.strftime("%d/%m/%Y"), day.isoformat(), day.strftime("%d-%b-%y"), day.strftime("%d.%m.%Y"))
        )

    def clock(self) -> str:
        return f"{self.rng.randrange(24):02d}{self.rng.choice((':', '', '.'))}{self.rng.randrange(60):02d}"

    def log(self) -> str:
        force = self.rng.choice(("LC", "GMP", "NFRS", "SR", "WK"))
        return f"{force}-{self.rng.randrange(2026_01_01, 2026_03_31)}-{self.digits(4)}"

    def small(self) -> str:
        return str(self.rng.randrange(2, 30))

    def osgrid(self) -> str:
        return f"{self.digits(3)} {self.digits(3)}"

    def three(self) -> str:
        return self.digits(3)
