"""RSA keys for tests, made once: to make one takes a second, and each process would make its own.

They are no secrets: they stand here for everybody to read, so nothing may ever be encrypted for them outside of a test.
"""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@cache
def key() -> rsa.RSAPrivateKey:
    """One that is acceptable as a recovery key."""
    return _of(65537, *_KEY)


@cache
def other_key() -> rsa.RSAPrivateKey:
    """Another one."""
    return _of(65537, *_OTHER)


@cache
def weak_key() -> rsa.RSAPrivateKey:
    """One with too few bits: 2048."""
    return _of(65537, *_WEAK)


@cache
def exponent_3_key() -> rsa.RSAPrivateKey:
    """One with enough bits and another exponent."""
    return _of(3, *_EXPONENT_3)


@cache
def public_der() -> bytes:
    """The public half of the acceptable one, as SubjectPublicKeyInfo."""
    return key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _of(exponent: int, first: str, second: str) -> rsa.RSAPrivateKey:
    """The key of two primes."""
    p, q = int(first, 16), int(second, 16)
    d = pow(exponent, -1, (p - 1) * (q - 1))
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, *parts, rsa.RSAPublicNumbers(exponent, p * q))
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


_KEY = (
    (
        "efc3f60df5a10f7c7f7e4743e5da1ef390d2cacdeffbf2963d7cd762d986bb7370bfbc6fb03204ed820b1cc2b2062b18"
        "69ed2a5fe050d594c500c8cd6d555fe893587d5a847b89589ae5ddefe60d0bf200e4466fec67ccdbcd56ae61095bc034"
        "4dbe4061ac0d43184b6b298b3f54dac17b6f873025895120c8b9134fc22d1e0cfd735fb8c9ecc2b5efa1b9c067f951c5"
        "1acc387f3295cee62b2b33e4a95878eb93efaa74fdd2d1b490f14111ba55f42f24e3080e82639056a3fb4b02dd5d405c"
        "fef9722e5aa7e8ed450ad5314a54481f117f221c1bfe41a83bc53172970921e7dcda507612104b47455a8070d0b84294"
        "b550b25082746a14fd04c9d4e15b1021"
    ),
    (
        "bbde366845bccfacf98f4b72a0f0a45f7ec56e1ed0234c89b71a660846025315818db044c197af5829189982ab8bc46f"
        "23141b925a46bf07a6489a8b2f2459e543644e8f508ed7e06df12db6c3dffaba1dfc7a4b2fc9d508bb1d35c43cf7bd54"
        "be07377c1283691b6fcccaa174ef250650c73360fcf1ebafd5b84149fd4a2b1bded52e8cd060b0073b94ea35a0c37d86"
        "290f26ef010d8444324838b49af420c64c2e3dafe9a72cc70fedc276480ff6fde18214eae145efc591adbee44063f5d2"
        "b6cfbab7dd922ce774e8edee23122ad69a68d55d8d23b7715f7e3e77aa455236a622c602844e28f1b692375ea0bfd4c7"
        "c7b2baa0751cec589a187d335653fd81"
    ),
)
_OTHER = (
    (
        "eedf7a70a96b283b6e1e9f75ec9428f8ffda6308d3175cec87cc03059c5ae49fbe0c10d9b72a7c9ff0d9666592a6df94"
        "2cb4484515a6b0011de3269846b19e76ad72406e33cb6980204aac7883765295ad3cb691d3509e1bb98f397c36d28aa6"
        "cfe29296d7923f6deb2e83dd1b166b02b2c252f55bcd79f9f9ee01aa357b78020682805dc3df932ea0e4f6099832fb2b"
        "f0cc2cf4ac51ccb9ebee6625b02e93447b6429edfbf7cd002747f49b44458c367bcf74eb7051f4af1bf8a65d6622c9a6"
        "7c5ef7190329c2e7f6bdded98341cb856d54d2016066ffe8c1d65a74bf69e7450bf061c887fc2f0e4c2c8ac6c2a22fc4"
        "1ff8b20bbe61ee59c1b5928e4fed0603"
    ),
    (
        "da708bff347d72e801cf2a9f3779056dd067a10a4e6eaa1f094d490b56642a64e8f712226630ced2030ee848bdca6ea9"
        "a4fae0b006d5120f675a2a2dd665eb1d8dcd8b7af9c667f668ab9e826a69cea3bf4f6f619b6e57abb7be2502ac00506f"
        "85d1bb9543b69232da01d7d547825636707d10b6e10413c4279f44b65bf494913d4c3cad7ec77b8a2bb033917dec40a5"
        "e5cd2f3f998530d7a901af414e93cf5974162520a5718dbb0fabf2440d13995a2695674e3f13b5bf659c1f1f17d3e722"
        "03e83e14d2d618aa996ba390bfafe2cd5633631935907fa597e7163fd6c7e40a24b420a55ab8cc4fddd6470374dfc81c"
        "0f6dce7ddbcf62d5263c9fbcfdc69f1b"
    ),
)
_WEAK = (
    (
        "fd0bb8caf9acc356e32d933004e9e4410c44b83154517eaa579b62cb00e735e3b2e51621ee59f42bbdc72933e60fd8df"
        "c331b2c3dd853383f8c082134d30154d6e87745d1f1c5b802ee8fb7dc735a3e30cef2118f0b67bdb17201e4a4f9c6010"
        "f55c02f2172820c5f496b0bbf1f144e9907647c84805def18e83958c26979e67"
    ),
    (
        "bd16feb4cc61b52d1c16ff520a4a36604f21cc33f2df415a28f17d068e24ca80101ee41247a82608bcbbda89656ad267"
        "9de6d947f8535fc2fde19bec6ae0283fa4a4aec932566ec9319e6d69843642bcb36c00e5d8c600263f945ce78281b816"
        "dd31143ef7127334559d54bec582ed6c291bbfdaab5db799ef4ae926a215e0ff"
    ),
)
_EXPONENT_3 = (
    (
        "ffc593f8875040325c8a6590e8a72cf29cf5a096d9614bb44622e132c13ca4b58b452c03850fa358a72f978025c41905"
        "32d0b3b39a87e9bd151802a4d3e1c9b2e1b28244ec4ac7b480394e8935ee0c96ff68946e1c49130888d538f9323bc144"
        "a7906f03102676898dfb9d55ea1ae1697fed02119bd3beb41821f2c341560e4db270e4d314d715b6ff47bcfcb0762ae1"
        "9707d18ba23adf6de80ce7fecb26980951cb438b1aac8f27e74a1dc2bfbec1c6516274cf3c2c4febac16da9894ea1b88"
        "2dac675ca8700746c9fd1565f16c41232f0b9b521a6e73a709a910bd537b87460f0d3ecc9b09cff492d15d81d76e297d"
        "c9bb4efeb4c5cbed45b116ed4e9c1d33"
    ),
    (
        "ff15dff3fe5af9853279ea6964ad555305149b31498240c0d8e86382f5e60bfa981f9755a624a320fe13351a6b706f89"
        "8d7be85fbe49590127b781adb69f32da0fcfb2c84ab7f51783ef273c2fd6bb827621452422180de8c00eda66ef6d3dbe"
        "6aded5a81d78ef8beb898d6eaecba0e23ff054b54e308d37f6cc8ec4f0bceaef6af9bb7dd9048b63baf56953bab61647"
        "b92f41ec071ba9d6ff984444b78d1e082517a8ad49bbf281e2b1daf3acf0ac8df4cdd2c5a5a49157f4f5a379d5b9a049"
        "dc52a4ff1dca5319f56bfffaf8a08cad0975c3708bcbeb4be6524e0d1c82eb3bf0262d0dd8056cea15c25e989cbc8169"
        "8a8960c9649bd1c2af55f7433d70d1fd"
    ),
)
