"""Files that people sent, fetched from Telegram."""

from telegram import Bot
from telegram.error import TelegramError

from bot.errors import DeliveryFailed
from bot.telegram.outbound import failure

LARGEST = 10 * 1024 * 1024


async def fetched(bot: Bot, reference: str) -> bytes:
    """What the file of this id holds. Raises DeliveryFailed, for good where it is larger than 10 MB."""
    try:
        file = await bot.get_file(reference)
        _check(file.file_size or 0)
        content = bytes(await file.download_as_bytearray())
    except TelegramError as error:
        raise failure(error) from error
    _check(len(content))
    return content


def _check(size: int) -> None:
    if size > LARGEST:
        raise DeliveryFailed("the file is too large", permanent=True)
