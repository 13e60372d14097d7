"""The module `_lzma` of the Python that jobs on EMR Serverless run with.

That Python was built without xz, and `lzma` of the standard library needs this module.
It calls liblzma of the worker, which the worker's own Python needs too. It only
decompresses, which is all that the jobs do. It is packed into the archive as it is, and
imports nothing but the standard library.
"""

import ctypes

LIBRARY = "liblzma.so.5"
BLOCK_BYTES = 65_536  # of the output, at a time
NO_LIMIT = 2**64 - 1  # of liblzma's memory
RUN = 0
OK, STREAM_END, BUFFER_ERROR = 0, 1, 10
ERRORS = {
    5: "Out of memory",
    6: "Memory usage limit exceeded",
    7: "Input format not supported by decoder",
    8: "Invalid or unsupported options",
    9: "Corrupt input data",
}

# What the standard library's `lzma` takes from this module.
FORMAT_AUTO, FORMAT_XZ, FORMAT_ALONE, FORMAT_RAW = range(4)
CHECK_NONE, CHECK_CRC32, CHECK_CRC64, CHECK_SHA256 = 0, 1, 4, 10
CHECK_UNKNOWN = 16
PRESET_DEFAULT = 6


class LZMAError(Exception):
    """The compressed data is damaged, or of another format."""


class _Stream(ctypes.Structure):
    """`lzma_stream` of liblzma."""

    _fields_ = (
        ("next_in", ctypes.c_char_p),
        ("avail_in", ctypes.c_size_t),
        ("total_in", ctypes.c_uint64),
        ("next_out", ctypes.c_void_p),
        ("avail_out", ctypes.c_size_t),
        ("total_out", ctypes.c_uint64),
        ("allocator", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
        ("reserved_pointers", ctypes.c_void_p * 4),
        ("reserved_numbers", ctypes.c_uint64 * 4),
        ("reserved_enums", ctypes.c_int * 2),
    )


class LZMADecompressor:
    """Decompresses one stream; see `lzma.LZMADecompressor`.

    Attributes:
        eof: Whether the stream has ended.
        needs_input: Whether there is no more output without more input.
        unused_data: What follows the stream.
    """

    def __init__(self, *_: object) -> None:
        self._library = ctypes.CDLL(LIBRARY)
        self._stream = _Stream()
        limit = ctypes.c_uint64(NO_LIMIT)
        self._raise(
            self._library.lzma_auto_decoder(ctypes.byref(self._stream), limit, 0)
        )
        self._input = b""
        self.eof = False
        self.needs_input = True
        self.unused_data = b""

    def __del__(self) -> None:
        if hasattr(self, "_stream"):
            self._library.lzma_end(ctypes.byref(self._stream))

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return output for the input so far, of at most a number of bytes.

        Raises:
            EOFError: The stream has ended.
            LZMAError: The data is damaged.
        """
        if self.eof:
            raise EOFError("Already at end of stream")
        given = self._input + bytes(data)
        stream, output = self._stream, bytearray()
        stream.next_in, stream.avail_in = given, len(given)
        is_full = False
        while not self.eof:
            wanted = BLOCK_BYTES
            if max_length >= 0:
                wanted = min(wanted, max_length - len(output))
            block = ctypes.create_string_buffer(max(wanted, 1))
            stream.next_out = ctypes.cast(block, ctypes.c_void_p)
            stream.avail_out = wanted
            status = self._library.lzma_code(ctypes.byref(stream), RUN)
            output += block.raw[: wanted - stream.avail_out]
            if status not in (STREAM_END, BUFFER_ERROR):
                self._raise(status)
            self.eof = status == STREAM_END
            is_full = 0 <= max_length <= len(output)
            if is_full or stream.avail_out:  # no more room, or no more input
                break
        rest = given[len(given) - stream.avail_in :]
        self._input, self.unused_data = (b"", rest) if self.eof else (rest, b"")
        self.needs_input = not self.eof and not is_full and not rest
        return bytes(output)

    def _raise(self, status: int) -> None:
        if status != OK:
            raise LZMAError(ERRORS.get(status, f"liblzma's error {status}"))


class LZMACompressor:
    """Cannot compress."""

    def __init__(self, *_: object, **__: object) -> None:
        raise LZMAError("the packed Python cannot compress xz")


def _encode_filter_properties(_: object) -> bytes:
    raise LZMAError("the packed Python knows no filters of xz")


def _decode_filter_properties(_: object, __: object) -> dict[str, object]:
    raise LZMAError("the packed Python knows no filters of xz")
