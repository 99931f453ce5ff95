"""Finnish: cases instead of articles and most prepositions, a negative verb, and no future tense of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from xstilts.mini.concepts import NOUNS
from xstilts.mini.language import COMMA, Language, Word, Words, as_part, in_clause, is_somebody, named
from xstilts.mini.meaning import (
    Actor,
    City,
    Clause,
    Comparison,
    Country,
    Event,
    Linked,
    Noun,
    Organization,
    People,
    Person,
    Place,
    Possession,
    Profession,
    Quality,
    Question,
    State,
    Statement,
    Thing,
)

Case = Literal[
    "nominative", "genitive", "partitive", "accusative",
    "inessive", "elative", "illative", "adessive", "ablative", "allative",
]  # fmt: skip
Direction = Literal["at", "to", "from"]
Phrase = Actor | Thing

# Nominals are given by nominative, genitive, partitive and, where it is needed, illative; see `_inflected`.
_PERSONS = {
    "Anna": "Anna Annan Annaa", "Maria": "Maria Marian Mariaa", "Elena": "Elena Elenan Elenaa",
    "Fatima": "Fatima Fatiman Fatimaa", "Amina": "Amina Aminan Aminaa", "Leila": "Leila Leilan Leilaa",
    "Sofia": "Sofia Sofian Sofiaa", "Clara": "Clara Claran Claraa", "Nadia": "Nadia Nadian Nadiaa",
    "Irina": "Irina Irinan Irinaa", "Rosa": "Rosa Rosan Rosaa", "Julia": "Julia Julian Juliaa",
    "Lucia": "Lucia Lucian Luciaa", "Marta": "Marta Martan Martaa", "Sara": "Sara Saran Saraa",
    "Diana": "Diana Dianan Dianaa", "Eva": "Eva Evan Evaa", "Olga": "Olga Olgan Olgaa",
    "Zainab": "Zainab Zainabin Zainabia", "Mina": "Mina Minan Minaa",
    "David": "David Davidin Davidia", "Peter": "Peter Peterin Peteriä", "Ali": "Ali Alin Alia",
    "Omar": "Omar Omarin Omaria", "Ivan": "Ivan Ivanin Ivania", "Carlos": "Carlos Carlosin Carlosia",
    "Daniel": "Daniel Danielin Danielia", "Adam": "Adam Adamin Adamia", "Simon": "Simon Simonin Simonia",
    "Thomas": "Thomas Thomasin Thomasia", "Boris": "Boris Borisin Borisia", "Victor": "Viktor Viktorin Viktoria",
    "Hassan": "Hassan Hassanin Hassania", "Juma": "Juma Juman Jumaa", "Kenji": "Kenji Kenjin Kenjiä",
    "Ravi": "Ravi Ravin Ravia", "Pablo": "Pablo Pablon Pabloa", "Samuel": "Samuel Samuelin Samuelia",
    "Martin": "Martin Martinin Martinia", "Leo": "Leo Leon Leoa",
}  # fmt: skip

# Being there, going there.
_CITIES = {
    "Paris": "Pariisissa Pariisiin", "Berlin": "Berliinissä Berliiniin", "Hamburg": "Hampurissa Hampuriin",
    "Madrid": "Madridissa Madridiin", "Barcelona": "Barcelonassa Barcelonaan", "Rome": "Roomassa Roomaan",
    "Vienna": "Wienissä Wieniin", "Moscow": "Moskovassa Moskovaan", "Istanbul": "Istanbulissa Istanbuliin",
    "Ankara": "Ankarassa Ankaraan", "Delhi": "Delhissä Delhiin", "Mumbai": "Mumbaissa Mumbaihin",
    "Beijing": "Pekingissä Pekingiin", "Shanghai": "Shanghaissa Shanghaihin", "Tokyo": "Tokiossa Tokioon",
    "Jakarta": "Jakartassa Jakartaan", "Hanoi": "Hanoissa Hanoihin", "Cairo": "Kairossa Kairoon",
    "Baghdad": "Bagdadissa Bagdadiin", "Nairobi": "Nairobissa Nairobiin", "Lagos": "Lagosissa Lagosiin",
    "Accra": "Accrassa Accraan", "Lima": "Limassa Limaan", "Havana": "Havannassa Havannaan",
    "Helsinki": "Helsingissä Helsinkiin", "Oslo": "Oslossa Osloon",
}  # fmt: skip
_COUNTRIES = {
    "France": "Ranskassa Ranskaan", "Germany": "Saksassa Saksaan", "Spain": "Espanjassa Espanjaan",
    "Italy": "Italiassa Italiaan", "Austria": "Itävallassa Itävaltaan", "Russia": "Venäjällä Venäjälle",
    "Turkey": "Turkissa Turkkiin", "India": "Intiassa Intiaan", "China": "Kiinassa Kiinaan",
    "Japan": "Japanissa Japaniin", "Indonesia": "Indonesiassa Indonesiaan", "Vietnam": "Vietnamissa Vietnamiin",
    "Egypt": "Egyptissä Egyptiin", "Iraq": "Irakissa Irakiin", "Kenya": "Keniassa Keniaan",
    "Nigeria": "Nigeriassa Nigeriaan", "Ghana": "Ghanassa Ghanaan", "Peru": "Perussa Peruun",
    "Cuba": "Kuubassa Kuubaan", "Finland": "Suomessa Suomeen", "Norway": "Norjassa Norjaan",
}  # fmt: skip

# Either one word with the name, or a noun after the name's genitive.
_COMPOUNDS = {
    "bank": "pankki pankin pankkia pankkiin",
    "company": "yhtiö yhtiön yhtiötä yhtiöön",
    "newspaper": "lehti lehden lehteä lehteen",
}
_INSTITUTIONS = {
    "university": "yliopisto yliopiston yliopistoa yliopistoon",
    "hospital": "sairaala sairaalan sairaalaa sairaalaan",
}
_ORGANIZATION_NAMES = {
    "Solara": "Solara Solaran", "Nordika": "Nordika Nordikan", "Tembo": "Tembo Tembon", "Karima": "Karima Kariman",
    "Lumina": "Lumina Luminan", "Oriona": "Oriona Orionan", "Verda": "Verda Verdan", "Marisol": "Marisol Marisolin",
    "Himala": "Himala Himalan", "Delfina": "Delfina Delfinan", "Aurora": "Aurora Auroran", "Kometa": "Kometa Kometan",
    "Safira": "Safira Safiran", "Meridia": "Meridia Meridian", "Polara": "Polara Polaran",
    "Zantora": "Zantora Zantoran",
}  # fmt: skip

_NOUNS = {
    "teacher": "opettaja opettajan opettajaa", "doctor": "lääkäri lääkärin lääkäriä",
    "farmer": "maanviljelijä maanviljelijän maanviljelijää", "student": "opiskelija opiskelijan opiskelijaa",
    "driver": "kuljettaja kuljettajan kuljettajaa", "nurse": "sairaanhoitaja sairaanhoitajan sairaanhoitajaa",
    "writer": "kirjailija kirjailijan kirjailijaa", "singer": "laulaja laulajan laulajaa",
    "fisherman": "kalastaja kalastajan kalastajaa", "soldier": "sotilas sotilaan sotilasta",
    "engineer": "insinööri insinöörin insinööriä", "tailor": "räätäli räätälin räätäliä",
    "lawyer": "asianajaja asianajajan asianajajaa", "painter": "maalari maalarin maalaria",
    "merchant": "kauppias kauppiaan kauppiasta", "cook": "kokki kokin kokkia",
    "mother": "äiti äidin äitiä", "father": "isä isän isää", "brother": "veli veljen veljeä",
    "sister": "sisko siskon siskoa", "friend": "ystävä ystävän ystävää", "neighbor": "naapuri naapurin naapuria",
    "dog": "koira koiran koiraa", "cat": "kissa kissan kissaa", "horse": "hevonen hevosen hevosta",
    "cow": "lehmä lehmän lehmää", "goat": "vuohi vuohen vuohta", "chicken": "kana kanan kanaa",
    "bird": "lintu linnun lintua", "sheep": "lammas lampaan lammasta", "donkey": "aasi aasin aasia",
    "fish": "kala kalan kalaa",
    "apple": "omena omenan omenaa", "banana": "banaani banaanin banaania",
    "orange": "appelsiini appelsiinin appelsiinia", "egg": "kananmuna kananmunan kananmunaa",
    "cake": "kakku kakun kakkua", "bread": "leipä leivän leipää", "cheese": "juusto juuston juustoa",
    "rice": "riisi riisin riisiä", "meat": "liha lihan lihaa", "soup": "keitto keiton keittoa",
    "water": "vesi veden vettä", "milk": "maito maidon maitoa", "tea": "tee teen teetä",
    "coffee": "kahvi kahvin kahvia",
    "book": "kirja kirjan kirjaa", "letter": "kirje kirjeen kirjettä", "message": "viesti viestin viestiä",
    "magazine": "aikakauslehti aikakauslehden aikakauslehteä", "map": "kartta kartan karttaa",
    "car": "auto auton autoa", "bicycle": "polkupyörä polkupyörän polkupyörää", "boat": "vene veneen venettä",
    "bus": "bussi bussin bussia", "house": "talo talon taloa", "chair": "tuoli tuolin tuolia",
    "table": "pöytä pöydän pöytää", "window": "ikkuna ikkunan ikkunaa", "door": "ovi oven ovea",
    "box": "laatikko laatikon laatikkoa", "bag": "laukku laukun laukkua", "shirt": "paita paidan paitaa",
    "hat": "hattu hatun hattua", "cup": "kuppi kupin kuppia", "bottle": "pullo pullon pulloa",
    "knife": "veitsi veitsen veistä", "key": "avain avaimen avainta", "rope": "köysi köyden köyttä",
    "basket": "kori korin koria", "ring": "sormus sormuksen sormusta", "flower": "kukka kukan kukkaa",
    "phone": "puhelin puhelimen puhelinta", "lamp": "lamppu lampun lamppua", "clock": "kello kellon kelloa",
    "picture": "kuva kuvan kuvaa",
    "market": "tori torin toria", "school": "koulu koulun koulua kouluun", "forest": "metsä metsän metsää metsään",
    "kitchen": "keittiö keittiön keittiötä keittiöön", "garden": "puutarha puutarhan puutarhaa puutarhaan",
    "shop": "kauppa kaupan kauppaa kauppaan", "station": "asema aseman asemaa",
    "village": "kylä kylän kylää kylään", "park": "puisto puiston puistoa puistoon", "field": "pelto pellon peltoa",
    "library": "kirjasto kirjaston kirjastoa kirjastoon", "office": "toimisto toimiston toimistoa toimistoon",
    "beach": "ranta rannan rantaa", "street": "katu kadun katua",
    "animal": "eläin eläimen eläintä", "fruit": "hedelmä hedelmän hedelmää",
    "vehicle": "ajoneuvo ajoneuvon ajoneuvoa", "person": "ihminen ihmisen ihmistä",
}  # fmt: skip
# One is on these places, and in the others.
_OPEN_PLACES = frozenset({"market", "station", "field", "beach", "street"})

_QUALITIES = {
    "big": "iso ison isoa isoon", "small": "pieni pienen pientä pieneen", "old": "vanha vanhan vanhaa vanhaan",
    "new": "uusi uuden uutta uuteen", "heavy": "painava painavan painavaa painavaan",
    "light": "kevyt kevyen kevyttä kevyeen", "expensive": "kallis kalliin kallista kalliiseen",
    "cheap": "halpa halvan halpaa halpaan", "beautiful": "kaunis kauniin kaunista kauniiseen",
    "red": "punainen punaisen punaista punaiseen", "white": "valkoinen valkoisen valkoista valkoiseen",
    "black": "musta mustan mustaa mustaan", "green": "vihreä vihreän vihreää vihreään",
}  # fmt: skip

# Nominative and partitive of the comparative.
_COMPARISONS = {
    "older": "vanhempi vanhempaa", "younger": "nuorempi nuorempaa", "taller": "pidempi pidempää",
    "shorter": "lyhyempi lyhyempää", "stronger": "vahvempi vahvempaa", "weaker": "heikompi heikompaa",
    "richer": "rikkaampi rikkaampaa", "poorer": "köyhempi köyhempää", "bigger": "isompi isompaa",
    "smaller": "pienempi pienempää", "heavier": "painavampi painavampaa", "lighter": "kevyempi kevyempää",
    "more expensive": "kalliimpi kalliimpaa", "cheaper": "halvempi halvempaa",
}  # fmt: skip

# A noun is what somebody "has"; all else is what somebody or something is. Adjectives: also of several.
_STATES = {
    "hungry": ("nälkä", "NOUN"), "thirsty": ("jano", "NOUN"), "tired": ("väsynyt väsyneitä", "ADJ"),
    "sick": ("sairas sairaita", "ADJ"), "sad": ("surullinen surullisia", "ADJ"), "happy": ("iloinen iloisia", "ADJ"),
    "angry": ("vihainen vihaisia", "ADJ"), "afraid": ("peloissaan", "ADV"), "broken": ("rikki", "ADV"),
    "dirty": ("likainen likaisia", "ADJ"), "closed": ("kiinni", "ADV"),
}  # fmt: skip

_TIMES = {
    "yesterday": (("eilen", "ADV"),),
    "last week": (("viime", "ADJ"), ("viikolla", "NOUN")),
    "last year": (("viime", "ADJ"), ("vuonna", "NOUN")),
    "this morning": (("tänä", "PRON"), ("aamuna", "NOUN")),
    "now": (("nyt", "ADV"),),
    "today": (("tänään", "ADV"),),
    "tomorrow": (("huomenna", "ADV"),),
    "next week": (("ensi", "ADJ"), ("viikolla", "NOUN")),
    "tonight": (("tänä", "PRON"), ("iltana", "NOUN")),
    "on Monday": (("maanantaina", "NOUN"),),
    "on Tuesday": (("tiistaina", "NOUN"),),
    "on Friday": (("perjantaina", "NOUN"),),
    "on Sunday": (("sunnuntaina", "NOUN"),),
}

_NUMERALS = {
    2: "kaksi kahden kahta", 3: "kolme kolmen kolmea", 4: "neljä neljän neljää", 5: "viisi viiden viittä",
    6: "kuusi kuuden kuutta",
}  # fmt: skip
# As it asks for a number.
_MANY = "monta monen monta"


@dataclass(frozen=True)
class _Verb:
    """Forms and government of a verb.

    Attributes:
        forms: Illative of the third infinitive, third person singular of the present and of the past, the form after
            the negative verb, the past participle.
        object: Case of a whole object of a completed action that is not negated.
        ongoing: Case of it while the action goes on.
        partner: Case of the partner.
        complement: A noun that belongs to the verb.
        progressive: Whether present and past look the same, in the singular or the plural, so that the present is
            said with "olla".
    """

    forms: str
    object: Case = "accusative"
    ongoing: Case = "accusative"
    partner: Case = "allative"
    complement: str = ""
    progressive: bool = False

    @property
    def infinitive(self) -> str:
        """The third infinitive in the illative."""
        return self.forms.split()[0]

    def present(self, plural: bool) -> str:
        """The third person of the present."""
        infinitive, singular, *_ = self.forms.split()
        return infinitive[:-4] + self._plural_ending if plural else singular

    def past(self, plural: bool) -> str:
        """The third person of the past."""
        form = self.forms.split()[2]
        return form + self._plural_ending if plural else form

    @property
    def connegative(self) -> str:
        """What follows the negative verb in the present."""
        return self.forms.split()[3]

    def participle(self, plural: bool) -> str:
        """What follows the negative verb in the past."""
        form = self.forms.split()[4]
        return form[:-2] + "eet" if plural else form

    @property
    def _plural_ending(self) -> str:
        return "vat" if "a" in self.infinitive[-2:] else "vät"


_VERBS = {
    "sleep": _Verb("nukkumaan nukkuu nukkui nuku nukkunut"),
    "rest": _Verb("lepäämään lepää lepäsi lepää levännyt"),
    "wait": _Verb("odottamaan odottaa odotti odota odottanut"),
    "swim": _Verb("uimaan ui ui ui uinut", progressive=True),
    "run": _Verb("juoksemaan juoksee juoksi juokse juossut"),
    "laugh": _Verb("nauramaan nauraa nauroi naura nauranut"),
    "cry": _Verb("itkemään itkee itki itke itkenyt"),
    "sing": _Verb("laulamaan laulaa lauloi laula laulanut"),
    "dance": _Verb("tanssimaan tanssii tanssi tanssi tanssinut", progressive=True),
    "eat": _Verb("syömään syö söi syö syönyt", ongoing="partitive"),
    "drink": _Verb("juomaan juo joi juo juonut", ongoing="partitive"),
    "cook": _Verb("keittämään keittää keitti keitä keittänyt", ongoing="partitive"),
    "read": _Verb("lukemaan lukee luki lue lukenut", ongoing="partitive"),
    "write": _Verb("kirjoittamaan kirjoittaa kirjoitti kirjoita kirjoittanut", ongoing="partitive"),
    "see": _Verb("näkemään näkee näki näe nähnyt"),
    "find": _Verb("löytämään löytää löysi löydä löytänyt"),
    "lose": _Verb("hukkaamaan hukkaa hukkasi hukkaa hukannut"),
    "carry": _Verb("kantamaan kantaa kantoi kanna kantanut", "partitive", "partitive"),
    "hide": _Verb("piilottamaan piilottaa piilotti piilota piilottanut", ongoing="partitive"),
    "repair": _Verb("korjaamaan korjaa korjasi korjaa korjannut", ongoing="partitive"),
    "wash": _Verb("pesemään pesee pesi pese pessyt", ongoing="partitive"),
    "open": _Verb("avaamaan avaa avasi avaa avannut", ongoing="partitive"),
    "close": _Verb("sulkemaan sulkee sulki sulje sulkenut", ongoing="partitive"),
    "break": _Verb("rikkomaan rikkoo rikkoi riko rikkonut", ongoing="partitive"),
    "draw": _Verb("piirtämään piirtää piirsi piirrä piirtänyt", ongoing="partitive"),
    "build": _Verb("rakentamaan rakentaa rakensi rakenna rakentanut", ongoing="partitive"),
    "visit": _Verb("vierailemaan vierailee vieraili vieraile vieraillut", "inessive", "inessive"),
    "meet": _Verb("tapaamaan tapaa tapasi tapaa tavannut"),
    "help": _Verb("auttamaan auttaa auttoi auta auttanut", "partitive", "partitive"),
    "call": _Verb("soittamaan soittaa soitti soita soittanut", "allative", "allative"),
    "love": _Verb("rakastamaan rakastaa rakasti rakasta rakastanut", "partitive", "partitive"),
    "follow": _Verb("seuraamaan seuraa seurasi seuraa seurannut", "partitive", "partitive"),
    "give": _Verb("antamaan antaa antoi anna antanut"),
    "receive": _Verb("saamaan saa sai saa saanut", partner="ablative"),
    "sell": _Verb("myymään myy myi myy myynyt", ongoing="partitive"),
    "buy": _Verb("ostamaan ostaa osti osta ostanut", ongoing="partitive", partner="ablative"),
    "lend": _Verb("antamaan antaa antoi anna antanut", complement="lainaksi"),
    "borrow": _Verb("lainaamaan lainaa lainasi lainaa lainannut", partner="ablative"),
    "send": _Verb("lähettämään lähettää lähetti lähetä lähettänyt"),
    "show": _Verb("näyttämään näyttää näytti näytä näyttänyt", ongoing="partitive"),
    "go": _Verb("menemään menee meni mene mennyt"),
    "travel": _Verb("matkustamaan matkustaa matkusti matkusta matkustanut"),
    "return": _Verb("palaamaan palaa palasi palaa palannut"),
    "arrive": _Verb("saapumaan saapuu saapui saavu saapunut"),
    "live": _Verb("asumaan asuu asui asu asunut"),
    "work": _Verb("työskentelemään työskentelee työskenteli työskentele työskennellyt"),
    "study": _Verb("opiskelemaan opiskelee opiskeli opiskele opiskellut"),
}
_FRY = _Verb("paistamaan paistaa paistoi paista paistanut", ongoing="partitive")
_BAKE = _Verb("leipomaan leipoo leipoi leivo leiponut", ongoing="partitive")
# "keittää" is to boil.
_COOKED_OTHERWISE = {"fish": _FRY, "meat": _FRY, "cake": _BAKE}
# One hides or loses a thing into a place, and finds it from there.
_DIRECTIONS: dict[str, Direction] = {
    "go": "to", "travel": "to", "return": "to", "arrive": "to", "hide": "to", "lose": "to", "find": "from",
}  # fmt: skip
# They leave no doubt that the future is meant.
_FUTURE_TIMES = frozenset({"tomorrow", "next week", "tonight", "on Monday", "on Tuesday", "on Friday", "on Sunday"})
_WHO: dict[Case, str] = {
    "nominative": "kuka", "accusative": "kenet", "partitive": "ketä", "allative": "kenelle", "ablative": "keneltä",
    "genitive": "kenen",
}  # fmt: skip

# Without the vowel that harmony decides.
_LOCAL_ENDINGS: dict[Case, str] = {
    "inessive": "ss", "elative": "st", "adessive": "ll", "ablative": "lt", "allative": "lle",
}  # fmt: skip
_INNER_CASES: dict[Direction, Case] = {"at": "inessive", "to": "illative", "from": "elative"}
_OUTER_CASES: dict[Direction, Case] = {"at": "adessive", "to": "allative", "from": "ablative"}
_ASKED_PLACES: dict[Direction, str] = {"at": "missä", "to": "minne", "from": "mistä"}


def _inflected(forms: str, case: Case) -> str:
    """The singular of a nominal; the local cases are formed from the genitive's stem with the partitive's vowel."""
    nominative, genitive, partitive, *illative = forms.split()
    if case in _LOCAL_ENDINGS:
        return genitive[:-1] + _LOCAL_ENDINGS[case] + (partitive[-1] if case != "allative" else "")
    if case == "illative":
        return illative[0]
    return {"nominative": nominative, "partitive": partitive}.get(case, genitive)


def _noun_phrase(noun: Noun, case: Case, asked: bool = False) -> Words:
    """The noun with what belongs to it; `asked` makes it "kuinka monta ..." for the number."""
    words = named("PER", [_inflected(_PERSONS[noun.owner.name], "genitive")]) if noun.owner is not None else []
    if noun.count is not None:
        counted = case in ("nominative", "accusative")
        if asked:
            words += [Word("kuinka", "ADV"), Word(_inflected(_MANY, "nominative" if counted else case), "PRON")]
        else:
            words.append(Word(_inflected(_NUMERALS[noun.count], "nominative" if counted else case), "NUM"))
        # After a number in the nominative or accusative everything is in the partitive.
        case = "partitive" if counted else case
    if noun.adjective is not None:
        words.append(Word(_inflected(_QUALITIES[noun.adjective], case), "ADJ"))
    return [*words, Word(_inflected(_NOUNS[noun.noun], case), "NOUN")]


def _organization(organization: Organization, case: Case) -> Words:
    name, genitive = _ORGANIZATION_NAMES[organization.name].split()
    if organization.sort in _COMPOUNDS:
        return named("ORG", [f"{name}-{_inflected(_COMPOUNDS[organization.sort], case)}"])
    sort = Word(_inflected(_INSTITUTIONS[organization.sort], case), "NOUN", "I-ORG")
    return [*named("ORG", [genitive]), sort]


def _phrase(what: Phrase, case: Case) -> Words:
    match what:
        case Person(name):
            return named("PER", [_inflected(_PERSONS[name], case)])
        case People(first, second):
            return [*_phrase(first, case), Word("ja", "CCONJ"), *_phrase(second, case)]
        case City():
            # Only "vierailla" has a city for its object, as the place where somebody is.
            return _place(what, "at")
        case Organization():
            return _organization(what, case)
        case Noun():
            return _noun_phrase(what, case)


def _place(place: Place, direction: Direction) -> Words:
    match place:
        case City(name):
            return named("LOC", [_directed(_CITIES[name], direction)])
        case Country(name):
            return named("LOC", [_directed(_COUNTRIES[name], direction)])
        case Noun(noun) if noun in _OPEN_PLACES:
            return _noun_phrase(place, _OUTER_CASES[direction])
        case _:
            return _phrase(place, _INNER_CASES[direction])


def _directed(forms: str, direction: Direction) -> str:
    """A place's name: "Pariisissa", "Pariisiin", "Pariisista"; "Venäjällä", "Venäjälle", "Venäjältä"."""
    there, thither = forms.split()
    return {"at": there, "to": thither, "from": f"{there[:-2]}t{there[-1]}"}[direction]


def _direction(event: Event) -> Direction:
    """What the place is to the event; one builds a house into a place, and other things in it."""
    if event.verb == "build" and isinstance(event.object, Noun) and event.object.noun == "house":
        return "to"
    return _DIRECTIONS.get(event.verb, "at")


def _is_indefinite(what: Phrase | None) -> bool:
    return isinstance(what, Noun) and not what.definite and what.owner is None


def _be(past: bool, negated: bool, plural: bool) -> Words:
    """The third person of "olla"."""
    if negated:
        connegative = ("olleet" if plural else "ollut") if past else "ole"
        return [Word("eivät" if plural else "ei", "AUX"), Word(connegative, "AUX")]
    form = ("olivat" if plural else "oli") if past else ("ovat" if plural else "on")
    return [Word(form, "AUX")]


def _verb_of(event: Event) -> _Verb:
    """The verb, where its choice depends on the object."""
    if event.verb == "cook" and isinstance(event.object, Noun):
        return _COOKED_OTHERWISE.get(event.object.noun, _VERBS["cook"])
    return _VERBS[event.verb]


def _predicate(event: Event, asked: str) -> Words:
    """The verb with its auxiliaries; the future has its own form unless a time shows that it is meant."""
    verb, plural = _verb_of(event), isinstance(event.subject, People)
    no = [Word("eivät" if plural else "ei", "AUX")] if event.negated else []
    if event.tense == "past":
        return [*no, Word(verb.participle(plural) if no else verb.past(plural), "VERB")]
    if event.tense == "present" and verb.progressive:
        # "uimaan" becomes "uimassa".
        return [*_be(False, event.negated, plural), Word(f"{verb.infinitive[:-2]}ss{verb.infinitive[-2]}", "VERB")]
    clear = asked == "time" or event.time in _FUTURE_TIMES
    if event.tense == "future" and (verb.progressive or not clear):
        coming = "tule" if no else "tulevat" if plural else "tulee"
        return [*no, Word(coming, "AUX"), Word(verb.infinitive, "VERB")]
    return [*no, Word(verb.connegative if no else verb.present(plural), "VERB")]


def _predicate_and_rest(event: Event, parts: dict[str, Words], asked: str = "") -> Words:
    """The verb and the parts after it; "on nyt uimassa", "tulee tänään uimaan" have the time within."""
    *auxiliaries, verb = _predicate(event, asked)
    within: Words = []
    if event.tense != "past" and len(auxiliaries) > event.negated:
        within = parts.get("time", [])
        parts = {field: words for field, words in parts.items() if field != "time"}
    return [*auxiliaries, *within, verb, *(word for words in parts.values() for word in words)]


def _object_case(event: Event) -> Case:
    verb = _verb_of(event)
    # A trade of a number of things is seen as a whole even while it goes on.
    whole = event.partner is not None and isinstance(event.object, Noun) and event.object.count is not None
    case = verb.ongoing if event.tense == "present" and not whole else verb.object
    if event.verb == "visit" and is_somebody(event.object):
        return "genitive"
    if case == "accusative" and (event.negated or _is_some(event.object)):
        return "partitive"
    return case


def _is_some(what: Thing | None) -> bool:
    """Whether it is an unknown quantity of something."""
    return isinstance(what, Noun) and "mass" in NOUNS[what.noun] and _is_indefinite(what)


def _object(event: Event, words: Words) -> Words:
    """The object's words with what belongs to them: one visits a place, but "luona", at the home of, a person."""
    return [*words, Word("luona", "ADP")] if event.verb == "visit" and is_somebody(event.object) else words


def _event_parts(event: Event) -> dict[str, Words]:
    """What follows the verb, by field, in neutral order: what is known before what is new."""
    verb = _verb_of(event)
    found = {
        "time": [Word(*word) for word in _TIMES[event.time]] if event.time is not None else [],
        "partner": _phrase(event.partner, verb.partner) if event.partner is not None else [],
        "place": _place(event.place, _direction(event)) if event.place is not None else [],
    }
    parts = {field: as_part(field, words) for field, words in found.items()}
    parts["object"] = []
    if event.object is not None:
        parts["object"] = _object(event, as_part("object", _phrase(event.object, _object_case(event))))
    parts["complement"] = [Word(verb.complement, "NOUN")] if verb.complement else []
    if _is_indefinite(event.object):
        order = ("time", "place", "partner", "object", "complement")
    elif isinstance(event.object, Person):
        order = ("object", "time", "partner", "complement", "place")
    else:
        order = ("time", "object", "partner", "complement", "place")
    return {field: parts[field] for field in order}


def _event(event: Event) -> Words:
    parts = _event_parts(event)
    front = parts.pop(event.front) if event.front is not None else []
    subject = as_part("subject", _phrase(event.subject, "nominative"))
    return [*front, *subject, *_predicate_and_rest(event, parts)]


def _predicative_case(subject: Person | Noun) -> Case:
    """What is said of a substance stands in the partitive."""
    return "partitive" if isinstance(subject, Noun) and "mass" in NOUNS[subject.noun] else "nominative"


def _state(state: State) -> Words:
    forms, upos = _STATES[state.state]
    several = isinstance(state.subject, Noun) and state.subject.count is not None
    form = forms.split()[-1 if several else 0]
    be = _be(state.tense == "past", state.negated, plural=False)
    case: Case = "adessive" if upos == "NOUN" else "nominative"
    return [*as_part("subject", _phrase(state.subject, case)), *be, Word(form, upos)]


def _comparison(comparison: Comparison) -> Words:
    nominative, partitive = _COMPARISONS[comparison.comparison].split()
    form = partitive if _predicative_case(comparison.subject) == "partitive" else nominative
    return [
        *as_part("subject", _phrase(comparison.subject, "nominative")),
        *_be(False, comparison.negated, plural=False),
        Word(form, "ADJ"),
        Word("kuin", "SCONJ"),
        *as_part("standard", _phrase(comparison.standard, "nominative")),
    ]


def _clause(clause: Clause) -> Words:
    match clause:
        case Event():
            return _event(clause)
        case State():
            return _state(clause)
        case Comparison():
            return _comparison(clause)
        case Quality():
            quality = _inflected(_QUALITIES[clause.quality], _predicative_case(clause.subject))
            subject = as_part("subject", _phrase(clause.subject, "nominative"))
            return [*subject, *_be(False, clause.negated, plural=False), Word(quality, "ADJ")]
        case Profession():
            subject = as_part("subject", _phrase(clause.subject, "nominative"))
            profession = as_part("noun", _noun_phrase(Noun(clause.noun), "nominative"))
            return [*subject, *_be(False, clause.negated, plural=False), *profession]
        case Possession():
            owner = as_part("owner", _phrase(clause.owner, "adessive"))
            some = clause.negated or _is_some(clause.thing)
            thing = as_part("thing", _phrase(clause.thing, "partitive" if some else "nominative"))
            return [*owner, *_be(False, clause.negated, plural=False), *thing]


def _neutral(clause: Clause) -> Words:
    """The clause with nothing in front."""
    return _clause(replace(clause, front=None) if isinstance(clause, Event) else clause)


def _linked(linked: Linked) -> Words:
    if linked.link == "and":
        second = [COMMA, Word("ja", "CCONJ"), *_clause(linked.second)]
        return [*in_clause(0, _clause(linked.first)), *in_clause(1, second)]
    reason = [Word("koska", "SCONJ"), *_neutral(linked.second)]
    if linked.reason_first:
        return [*in_clause(1, [*reason, COMMA]), *in_clause(0, _neutral(linked.first))]
    return [*in_clause(0, _clause(linked.first)), *in_clause(1, [COMMA, *reason])]


def _how_many(thing: Thing | None, case: Case) -> Words:
    if not isinstance(thing, Noun):
        raise ValueError(f"expected a noun to count, found {thing!r}")
    return _noun_phrase(thing, case, asked=True)


def _asked_of_event(event: Event, asked: str) -> Words:
    """What is asked with."""
    match asked:
        case "subject":
            return [Word(_WHO["nominative"], "PRON")]
        case "object":
            return _asked_object(event)
        case "partner":
            return [Word(_WHO[_verb_of(event).partner], "PRON")]
        case "place":
            return [Word(_ASKED_PLACES[_direction(event)], "ADV")]
        case "time":
            return [Word("milloin", "ADV")]
        case "count":
            return _object(event, _how_many(event.object, _object_case(event)))
    raise ValueError(f"an event has no {asked!r} to ask about")


def _asked_object(event: Event) -> Words:
    if not is_somebody(event.object):
        return [Word("missä", "ADV") if event.verb == "visit" else Word("mitä", "PRON")]
    return _object(event, [Word(_WHO[_object_case(event)], "PRON")])


def _event_question(event: Event, asked: str) -> Words:
    asking = _asked_of_event(event, asked)
    parts = _event_parts(event)
    parts.pop("object" if asked == "count" else asked, None)
    subject = as_part("subject", _phrase(event.subject, "nominative")) if asked != "subject" else []
    return [*asking, *subject, *_predicate_and_rest(event, parts, asked)]


class Finnish(Language):
    """Finnish, standard written language."""

    code = "fi"
    name = "Finnish"

    def statement(self, meaning: Statement) -> Words:
        """See `Language.statement`."""
        return _linked(meaning) if isinstance(meaning, Linked) else _clause(meaning)

    def question(self, question: Question) -> Words:
        """See `Language.question`."""
        clause, asked = question.clause, question.asked
        be = _be(past=False, negated=False, plural=False)
        match clause:
            case Event():
                return _event_question(clause, asked)
            case Profession():
                who = _clause(clause)
                if asked == "subject":
                    return [Word("kuka", "PRON"), *(word for word in who if word.part != "subject")]
                subject = [word for word in who if word.part == "subject"]
                return [Word("mikä", "PRON"), *subject, *be, Word("ammatiltaan", "NOUN")]
            case Possession():
                owner = as_part("owner", _phrase(clause.owner, "adessive"))
                asking = _how_many(clause.thing, "nominative") if asked == "count" else [Word("mitä", "PRON")]
                return [*asking, *owner, *be]


LANGUAGE = Finnish()
