"""Says in words how a date was read, while somebody is still typing."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse

from forum.datefields import ClockField, DayField, DayTimeField
from forum.dates import moment

READERS = {
    "moment": DayTimeField(required=False),
    "end": DayTimeField(required=False, day_required=False),
    "period": DayTimeField(required=False, periods=True),
    "day": DayField(required=False),
    "clock": ClockField(required=False),
}


def read_date(request: HttpRequest) -> JsonResponse:
    """Answer `{"words": …}` or, in German, `{"error": …}` for the text `text` in a field of the kind `art`."""
    text = request.GET.get("text", "")
    try:
        field = READERS.get(request.GET.get("art"), READERS["moment"])
        field.clean(text)
        written = field.written(text)
        for day, at in ((written.day, written.at), (written.until_day or written.day, written.until)):
            if day and at:
                moment(day, at)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)})
    return JsonResponse({"words": written.in_words})
