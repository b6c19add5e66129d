"""The words that people put around an answer, by what they mean: labels say nothing, the others say how to read on."""

from __future__ import annotations

import unicodedata

# Labels never change a value. "without", "not" and "or" are kept out: they say something, as "no" does.
_ENGLISH = """
a activation activations additional additions all also altogether an and ans answer array as at average averagepooling
axes axis batchnorm be become becomes believe bias biases binary block blocks both calculate calculated calculation
cell cells ch channel channels chw column columns compute computed connected conv conv1d conv2d conv3d convolution
convolutional convolutions count cxhxw decimal deep dense depth dim dimension dimensional dimensions dims direction
directions down each element elements empty entries entry every exactly fc feature features field filter filters final
finally first flat flatten flattened floating floats for from fully gates get gets give given got guess has have height
hence here hidden high hwc hxwxc hxwxd i i'd image images in incl include includes including input inputs inside into
it it's its just kernel kernels last layer layers learnable learned length linear list long map maps matrix max
maxpool maxpool2d maxpooling maxpooling2d me memory min model multiplications must my namely nchw ndarray network
neuron neurons next nhwc node nodes nontrainable nparams num number numbers obtain obtained obtains of on ones only
operations ops order our out output outputs overall pad padding param parameter parameters params per pix pixel pixels
plane planes point pool pooling position positions precisely print probably products px rand reads receptive response
result resulting results rf round rounded row rows same say sequence shape should side sides size sizes solution
square state step steps storage strictly stride strides sum tall tensor tensors tensorshape term terms that that's the
them then there there's therefore these they think this thus to token tokens total totals trainable tuple unit units
us value values vector vectors volume volumes we weight weights whd which wide width will window windows with would
wxhxc wxhxd yielding yields you zeros
"""
_GERMAN = """
additionen also antwort anzahl ausgabe bei beide beiden betragt biase breit breite da damit das der des die ein einen
einer eingabe ergebnis es filtern fur genau gesamt gesamtzahl gewicht gewichte gewichten gibt grosse hat hoch hohe im
inkl inklusive insgesamt ja jede jeder kanal kanale kanalen karte karten lange losung merkmale mit multiplikationen
nach neuron neuronen pixel schicht schichten schritte schrittweite seite spalten stuck summe tiefe und von zahl zeilen
zusammen
"""
_ROMANCE = """
a altezza alto altura ancho au aux avec biais canal canale canales canali canaux carte cartes cella chacun colonnes
con couche couches dans das de degli dei del della delle des di dimensions donc du el elementi elements en entree
entrees esta et filtre filtres filtri filtro filtros ha haut hauteur hay il in la large largeur larghezza le les
longueur los mais mapa mapas mappe neurona neuronas neurone neurones nombre numero ont par parametre parametres
parametri parametro parametros pesi pesos pixels poids por pour profondeur profundidad quindi reponse respuesta
resultado resultat risposta risultato salida sesgo sesgos son sono sont sortie sur taille tailles tamano total totale
un una une unites valeurs
"""
_RUSSIAN = """
в вес веса весов всего имеет итого каналов карт карты количество ответ параметр параметра параметров параметры
пикселей равно размер слой слоя смещений сумма сумме
"""


def folded(word: str) -> str:
    """Return a word in lower case and without accents: Größe is grosse, paramètres is parametres."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _words(text: str) -> frozenset[str]:
    """Return the words of a text, folded."""
    return frozenset(map(folded, text.split()))


LABELS = _words(" ".join((_ENGLISH, _GERMAN, _ROMANCE, _RUSSIAN)))
"""Words in lower case and without accents."""

RELATIONS = _words("is are equal equals gives makes sind ist ergibt macht soit est suman es")
APPROXIMATIONS = _words(
    """
    about almost approx approximately appr aprox aproximadamente around ca circa etwa env environ nearly okolo
    roughly rund some ungefahr unos unas примерно около
    """
)
REASONS = _words("because since weil denn car puisque porque perche cause i.e ie d.h")
JOINING = _words("and und et")
"""Between two values these part them; elsewhere they say nothing."""

CONCLUSIONS = _words("so hence thus therefore then finally donc quindi damit")
RESULTS = CONCLUSIONS | _words(
    """
    total totals totale sum altogether overall answer ans result insgesamt gesamt zusammen summe ergebnis antwort
    losung reponse respuesta risposta resultado resultat итого всего ответ
    """
)
"""Words that say of a number that it is the answer."""

ACCENTED = frozenset(("à", "è", "é"))
"""Words of one letter that say nothing, whose accents are all that tells them from a name."""

BATCHES = frozenset(("none", "n", "b", "bs", "batch", "batch_size", "batchsize", "m"))

# Behind these a number and a colon are a name: "layer 1: 34944".
NUMBERED = _words("block conv dense fc layer part question schicht step couche capa")

NO = _words("no zero keine kein keinen aucun aucune ningun ninguna nessun nessuna pas sin")
NONE = _words("none nothing zero keine aucun aucune ninguno ninguna nessuno nessuna")
COUNTED = _words(
    """
    param params parameter parameters parametre parametres parametro parametros parametri weight weights gewichte
    bias biases pad padding trainable learnable learned
    """
)
"""What "no" can stand before in an answer that says zero."""

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_ONES += " seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {word: number for number, word in enumerate(_ONES.split())}
NUMBER_WORDS |= {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
NUMBER_WORDS |= {
    ten + one: 10 * tens + ones
    for tens, ten in enumerate(_TENS.split(), 2)
    for ones, one in enumerate(_ONES.split()[1:10], 1)
}
for _others in (
    "eins zwei drei vier funf sechs sieben acht neun zehn",
    "un deux trois quatre cinq six sept huit neuf dix",
    "uno dos tres cuatro cinco seis siete ocho nueve diez",
):
    NUMBER_WORDS |= {word: number for number, word in enumerate(_others.split(), 1) if word not in LABELS}
