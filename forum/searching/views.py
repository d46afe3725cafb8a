"""The page of the search, and what the field suggests while somebody types."""

import re

from django.core.paginator import Paginator
from django.db import Error
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forum.filters import Filter, Filters
from forum.limits import SEARCH, SUGGESTIONS, limited, too_many_for_a_script
from forum.missing import Throttle, is_staff
from forum.models import SearchMiss
from forum.remembered import Memory, remembered
from forum.replica import reading
from forum.searching.asking import COUNTED, RANKED, kinds
from forum.searching.entries import SearchEntry
from forum.searching.finding import PER_PAGE, Answer, Wanted, find
from forum.searching.misses import is_worth_counting
from forum.searching.own import all_sources
from forum.searching.suggesting import proposals
from forum.searching.words import LONGEST, parse
from forum.topics import moved_topics

RESULTS = "forum/search_results.html"
MOST_MISSES_A_MINUTE = 60  # in one process
MOST_CHARACTERS = 1_000_000  # of answers in one process
throttle = Throttle(MOST_MISSES_A_MINUTE)
answers = Memory(MOST_CHARACTERS)


@require_safe
@limited(SEARCH)
def search(request):
    """What is found for `?q=`, by kind, topic and year; two queries, whatever is found."""
    question = parse(request.GET.get("q", ""))
    wanted = wanted_of(request)
    answer = find(question, wanted)
    if moved := moved_topics(request, lambda slug: slug in answer.topic_names or is_shown(slug)):
        return moved
    filters = filters_of(request, answer)
    number = min(filters.total, RANKED) if wanted.kind else 0
    pages = Paginator(range(number), PER_PAGE)
    if wanted.page > pages.num_pages:
        raise Http404
    if not answer.found and not answer.failed:
        note_miss(request, answer)
    context = {
        "question": question,
        "answer": answer,
        "filters": filters,
        "page_obj": pages.page(wanted.page),
        "most": RANKED if wanted.kind and filters.total > RANKED else 0,
        "counted": COUNTED if filters.more else 0,
        "longest": LONGEST,
    }

    def results():
        return render_to_string(RESULTS, context | {"groups": groups_of(answer, filters, wanted)}, request)

    if answer.found:
        things = {"address": request.get_full_path(), "answer": answer}
        context["results"] = remembered(RESULTS, things, results, answers)
    return render(request, "forum/search.html", context)


def is_shown(slug: str) -> bool:
    """Tell whether anything public carries a topic."""
    if "\x00" in slug:
        return False
    sql = """SELECT EXISTS (SELECT 1 FROM forum_searchentry e WHERE kind = 'themen' AND reference = %(slug)s
        AND forum_find_topic_public(e.object_id, %(now)s, %(many)s))"""
    with reading(SearchEntry).cursor() as cursor:
        cursor.execute(sql, {"slug": slug, "now": timezone.now()} | kinds())
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
    years = set(answer.years)
    if re.fullmatch("[1-9][0-9]{3}", request.GET.get("jahr", ""), re.ASCII):
        years.add(request.GET["jahr"])
    names = {source.kind: source.label for source in all_sources()}
    kind = Filter(request, "bereich", "Bereich", "alle Bereiche", names, article="Den")
    topic = Filter(request, "thema", "Thema", "alle Themen", answer.topic_names)
    year = Filter(request, "jahr", "Jahr", "alle Jahre", {one: one for one in sorted(years, reverse=True)})
    topic.most_first = True
    for one, counts in ((kind, answer.kinds), (topic, answer.topics), (year, answer.years)):
        one.counts.update(counts)
    filters = Filters(request, [kind, topic, year], answer.total)
    filters.more = bool(answer.more & {kind.value} if kind.value else answer.more)
    return filters


def groups_of(answer: Answer, filters: Filters, wanted: Wanted) -> list[dict]:
    """Each kind with its best hits and, if there are more, the address of all of them."""
    return [
        {
            "source": source,
            "hits": hits,
            "count": filters[0].counts[source.kind],
            "more": source.kind in answer.more,
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
