"""Two plain words that both screens show, so that a person sees the same key on both. PURE.

`static/authenticator/protocol/words.js` carries the same list in the same order. Chosen to be told
apart by eye and by ear: three to seven letters, no two begin with the same three letters, none is
one letter away from another.
"""

import base64

_LIST = """
acorn actor album alley amber anchor angle apple april arch arrow atlas attic autumn axis bacon
badge bagel bamboo banjo barn basket beach bell berry bicycle bird blanket blossom boat bonnet book
bottle bowl bread brick broom brush bucket butter cabin cactus camel candle carpet castle cedar
cello chair cheese circle cliff clock coast cobalt coffee comet copper coral cotton crane crown cube
daisy dawn desk donkey door dragon drum duck dune eagle easel echo elbow elm engine fabric falcon
fern fiddle field flag flute forest fossil fox frame frost garden gate ginger glass glove gold grape
guitar hammer harbor hat hazel hedge helmet heron hill honey hood horse hotel igloo indigo iris iron
island ivory jacket jam jelly jewel jigsaw juice jungle kayak kettle kite kiwi koala ladder lagoon
lake lamp laptop leaf lemon lily linen lion lotus lunch magnet mango maple marble meadow melon mint
mirror mitten moon moss motor muffin museum napkin nectar needle nest nickel nutmeg oak oasis ocean
olive onion opal orange orchid otter oven oyster paddle palm panda paper parrot pearl pebble pencil
pepper piano pigeon pillow pine planet plum pocket pond poppy potato prism puzzle quartz quilt
rabbit radio raft rain raven ribbon river robin roof rope ruby sailor salad sand saturn scarf school
shell shirt silk sketch snow soap sofa spoon spring square stone sugar summer swan table teapot
temple tennis ticket tiger tomato torch tower trail tulip tunnel turtle twig vase velvet violin
wagon walnut water wave wheel window wolf wool yard yellow yogurt zebra zigzag zipper
"""
WORDS = tuple(_LIST.split())


def words_of(thumbprint: str) -> tuple[str, str]:
    """The words for a key: its RFC 7638 thumbprint (43 characters base64url) decoded, the first
    byte picks one, the second byte the other."""
    raw = base64.urlsafe_b64decode(thumbprint + "=")
    return WORDS[raw[0]], WORDS[raw[1]]
