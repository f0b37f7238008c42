"""How values are compared when people search and sort the entries of a list: the same in Python and in SQL."""

from contacts.queries.lists import ACCENTED, PLAIN, fold

WORDS, DIGITS = "", "#"  # facets of search keys beside the keys of columns: words of all values, digits from the end
LARGE_ENTRIES = 20_000  # a smaller list is read whole, faster than one notices
KEY_CHARACTERS = 60  # of a word or a value that is compared
# Written out, since what a server takes for a letter depends on its locale.
SEPARATORS = "\t\n\r !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u00a0\u202f\u2009«»‘’“”–—…·•"
_SPACES = " " * len(SEPARATORS)
_TO_SPACES = str.maketrans(SEPARATORS, _SPACES)

# Their parameters. `lower` knows capital letters in every alphabet.
PARAMETERS = {"accented": ACCENTED, "plain": PLAIN, "letters": ACCENTED + SEPARATORS, "to": PLAIN + _SPACES}


def words(text: str) -> list[str]:
    """Return the folded words of a text, each as a search key has it."""
    return [word[:KEY_CHARACTERS] for word in fold(text).translate(_TO_SPACES).split()]


def spaced(expression: str) -> str:
    """Return SQL for a text's folded words with spaces between them."""
    return f"translate(lower({expression}), %(letters)s, %(to)s)"


def sort_key(expression: str) -> str:
    """Return SQL for what a value is sorted by: numbers by size, French dates by day, the rest as folded text."""
    return f"""(case
        when {expression} is null then ''
        when {expression} ~ '^\\d{{1,15}}$' then lpad({expression}, 15, '0')
        when {expression} ~ '^\\d\\d/\\d\\d/\\d{{4}}$'
            then substr({expression}, 7, 4) || substr({expression}, 4, 2) || substr({expression}, 1, 2)
        else left(translate(lower({expression}), %(accented)s, %(plain)s), {KEY_CHARACTERS})
    end) collate "C\""""
