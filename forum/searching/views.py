"""The page of the search, and what the field suggests while somebody types."""

import re

from django.core.paginator import Paginator
from django.db import Error
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forum.filters import Filter, Filters, count_together
from forum.limits import SEARCH, SUGGESTIONS, limited, too_many_for_a_script
from forum.missing import Throttle, is_staff
from forum.models import SearchMiss
from forum.replica import reading
from forum.searching.entries import SearchEntry
from forum.searching.finding import COUNTED, PER_PAGE, RANKED, SHOWN, Answer, Wanted, find
from forum.searching.misses import is_worth_counting
from forum.searching.suggesting import proposals
from forum.searching.upkeep import all_sources
from forum.searching.words import LONGEST, parse
from forum.topics import moved_topics

MOST_MISSES_A_MINUTE = 60  # in one process
throttle = Throttle(MOST_MISSES_A_MINUTE)


@require_safe
@limited(SEARCH)
def search(request):
    """What is found for `?q=`, by kind, topic and year; two queries, whatever is found."""
    question = parse(request.GET.get("q", ""))
    wanted = wanted_of(request)
    answer = find(question, wanted)
    if moved := moved_topics(request, lambda slug: slug in dict(answer.topics.values()) or is_shown(slug)):
        return moved
    filters = filters_of(request, answer)
    number = min(filters.total, RANKED) if wanted.kind else 0
    pages = Paginator(range(number), PER_PAGE)
    if wanted.page > pages.num_pages:
        raise Http404
    if not answer.cells and not answer.failed:
        note_miss(request, answer)
    context = {
        "question": question,
        "answer": answer,
        "filters": filters,
        "groups": groups_of(answer, filters, wanted),
        "page_obj": pages.page(wanted.page),
        "most": RANKED if wanted.kind and filters.total > RANKED else 0,
        "counted": COUNTED if sum(cell[3] for cell in answer.cells) >= COUNTED else 0,
        "longest": LONGEST,
    }
    return render(request, "forum/search.html", context)


def is_shown(slug: str) -> bool:
    """Tell whether anything public carries a topic."""
    if "\x00" in slug:
        return False
    sql = f"SELECT 1 FROM forum_searchentry e WHERE kind = 'themen' AND reference = %(slug)s AND {SHOWN}"  # noqa: S608
    with reading(SearchEntry).cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({sql})", {"slug": slug, "now": timezone.now()})
        return cursor.fetchone()[0]


def wanted_of(request: HttpRequest) -> Wanted:
    """What stands in the address, as far as it can be true."""
    kinds = {source.kind for source in all_sources()}
    kind, year = request.GET.get("bereich", ""), request.GET.get("jahr", "")
    topic = request.GET.get("thema", "")
    page = request.GET.get("seite", "1")
    if not re.fullmatch("[1-9][0-9]?", page, re.ASCII) or (page != "1" and kind not in kinds):
        raise Http404
    return Wanted(
        kind if kind in kinds else "",
        topic if re.fullmatch(r"[-\w]{1,120}", topic, re.ASCII) else "",
        year if re.fullmatch("[1-9][0-9]{3}", year, re.ASCII) else "",
        int(page),
    )


def filters_of(request: HttpRequest, answer: Answer) -> Filters:
    """The filters of the page with their counts, out of what was found without any."""
    years = {year for _, year, _, _ in answer.cells if year}
    year = request.GET.get("jahr", "")
    if re.fullmatch("[1-9][0-9]{3}", year, re.ASCII):
        years.add(year)
    names = {source.kind: source.label for source in all_sources()}
    slugs = {slug: key for key, (slug, _) in answer.topics.items()}
    kind = Filter(request, "bereich", "Bereich", "alle Bereiche", names, article="Den")
    topic = Filter(request, "thema", "Thema", "alle Themen", dict(answer.topics.values()))
    year = Filter(request, "jahr", "Jahr", "alle Jahre", {one: one for one in sorted(years, reverse=True)})
    topic.most_first = True
    chosen = slugs.get(topic.value)
    carrying = [cell for cell in answer.cells if chosen is None or chosen in cell[2]]
    total = count_together(((one, when, count) for one, when, _, count in carrying), kind, year)
    for one, when, topics, count in answer.cells:
        if kind.accepts(one) and year.accepts(when):
            for key in topics:
                topic.counts[answer.topics[key][0]] += count
    return Filters(request, [kind, topic, year], total)


def groups_of(answer: Answer, filters: Filters, wanted: Wanted) -> list[dict]:
    """Each kind with its best hits and, if there are more, the address of all of them."""
    return [
        {
            "source": source,
            "hits": hits,
            "count": filters[0].counts[source.kind],
            "address": "" if wanted.kind else filters.address({"bereich": source.kind}),
        }
        for source, hits in answer.groups
    ]


def note_miss(request: HttpRequest, answer: Answer):
    """Count for staff what readers found nothing for."""
    folded = answer.question.folded
    try:
        if is_worth_counting(answer.question.text, folded) and not is_staff(request) and throttle.lets_through():
            SearchMiss.objects.count_search(folded)
    except Error:  # an answer without being counted is better than none
        pass


@require_safe
@never_cache
@limited(SUGGESTIONS, answer=too_many_for_a_script)
def suggest(request):
    """Titles for what has been typed so far, as JSON; a comfort of the field, whose form does without."""
    response = JsonResponse(proposals(request.GET.get("q", "")), safe=False)
    response["X-Robots-Tag"] = "noindex"
    return response
