"""Tags and filters of all templates (built in, no {% load %} needed)."""

import re
from datetime import date, datetime
from functools import lru_cache
from html import unescape
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.defaultfilters import date as formatted
from django.template.loader_tags import IncludeNode, do_include
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from forum import mark
from forum.dates import local_date, local_time
from forum.languages import easy_title_of, title_of
from forum.linked_data import script
from forum.pages import STANDARD_PAGES
from forum.pictures import Picture
from forum.qr import qr_code
from forum.remembered import remembered
from forum.richtext import clean_html
from forum.unfinished import is_marked, may_show, note

register = template.Library()

# Mail programs cut links that are too long.
MOST_OF_TITLE = 150  # characters
MOST_OF_ADDRESS = 500


@register.filter
def richtext(html: str) -> SafeString:
    """Show a RichTextField. Cleaned when it was stored; once more here for what SQL alone has put there."""
    return mark_safe(cleaned(html))  # noqa: S308


register.filter("linked_data", script)
register.filter(title_of)
register.filter(easy_title_of)


@lru_cache(maxsize=256)
def cleaned(html: str) -> str:
    """Cleaned HTML whose tables can be read by everyone and whose links can be read on paper.

    They scroll by themselves, by keyboard too: a wide one must not widen the page (WCAG 1.4.10). Header cells say
    whether they head their column or their row (WCAG 1.3.1).
    """
    html = re.sub(r"<tr>.*?</tr>", with_scopes, clean_html(html), flags=re.DOTALL)
    html = re.sub(r'<a href="(/[^"]*)"', lambda link: link[0] + written_out(unescape(link[1])), html)
    before, *tables = html.split("<table>")
    if not tables:
        return html
    names = [f"Tabelle {number}" for number in range(1, len(tables) + 1)] if tables[1:] else ["Tabelle"]
    scrollers = (
        f'<div class="scroller" role="region" aria-label="{name}" tabindex="0"><table>{rest}'
        for name, rest in zip(names, tables, strict=True)
    )
    return before + "".join(scrollers).replace("</table>", "</table></div>")


def written_out(path: str) -> SafeString:
    """An attribute of a link to a page of ours: its whole address, for paper."""
    return format_html(' data-address="{}{}"', settings.SITE_URL, path)


register.simple_tag(written_out, name="address")


@register.simple_tag
def whole_address(path: str) -> str:
    return settings.SITE_URL + path


def with_scopes(row: re.Match) -> str:
    scope = "row" if "<td" in row[0] else "col"
    return re.sub(r"<th\b", f'<th scope="{scope}"', row[0])


@register.filter
def plain_text(html: str) -> str:
    """The words of a RichTextField, with a space where a block ends."""
    return " ".join(
        unescape(strip_tags(re.sub(r"(</(?:p|li|h\d|td|th|blockquote)>|<br>)", r"\1 ", cleaned(html)))).split()
    )


@register.simple_tag
def when(event) -> SafeString:
    """The date of an event in words: `Mittwoch, 14. Juni 2023, 10 bis 16 Uhr`, `14. bis 16. Juni 2023`."""
    first, last = event.first_day, event.last_day
    if event.all_day:
        return whole_days(first, last)
    if first == last:
        return format_html("{}, {}", day(first), hours(event.starts_at, event.ends_at))
    return format_html("{}, {}, bis {}, {}", day(first), hours(event.starts_at), day(last), hours(event.ends_at))


def whole_days(first: date, last: date) -> SafeString:
    if first == last:
        return day(first)
    shared = "j." if (first.year, first.month) == (last.year, last.month) else "j. F"
    return format_html("{} bis {}", day(first, shared if first.year == last.year else "j. F Y"), day(last, "j. F Y"))


def day(on: date, style="l, j. F Y") -> SafeString:
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), formatted(on, style))


@register.simple_tag
def hours(start: datetime, end: datetime | None = None) -> SafeString:
    """Times of one day: `10 Uhr`, `9:30 bis 16 Uhr`."""
    if end is None:
        return format_html("{} Uhr", clock(start))
    return format_html("{} bis {} Uhr", clock(start), clock(end))


@register.filter
def clock(at: datetime) -> SafeString:
    """A time as people write it, full hours without zeros: `10`, `9:30`."""
    local = local_time(at)
    text = f"{local.hour}:{local.minute:02}" if local.minute else str(local.hour)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)


@register.filter
def day_of(at: datetime) -> date:
    return local_date(at)


@register.inclusion_tag("components/picture.html")
def picture(shown: Picture, shape: str = "wide", sizes: str = "100vw", eager: bool = False, figure: bool = False):
    """A picture that may be shown: complete ones only, except where a page is made whole.

    Args:
        shape: one of forum.pictures.SHAPES.
        sizes: CSS width of the picture for the browser's choice of file.
        eager: load at once (the first picture of a page).
        figure: with caption and credit.
    """
    if not is_visible(shown):
        return {}
    return {"picture": shown, **shown.sources(shape), "sizes": sizes, "eager": eager, "figure": figure}


@register.filter
def is_visible(shown: Picture | None) -> bool:
    return shown is not None and (shown.is_complete or may_show(Picture))


@register.simple_tag
def later(thing) -> SafeString | str:
    """In a preview: what keeps this, a picture or something publishable, from being public already."""
    if isinstance(thing, Picture):
        facts = {"Bildbeschreibung": thing.alt_text or thing.decorative, "Bildnachweis": thing.credit}
        lacks = [f"{name} fehlt" for name, fact in facts.items() if not fact] if is_marked() else []
    else:
        lacks = ["noch nicht öffentlich"] if thing and note(thing) else []
    return format_html_join("", ' <strong class="label">{}</strong>', ((words,) for words in lacks))


@register.inclusion_tag("components/qr.html", takes_context=True)
def qr(context) -> dict:
    """The page's address as a QR code and in words, for paper only; with what is chosen, when that is printed."""
    address = page_address(context)
    return {"code": qr_code(address), "address": address}


@register.simple_tag(takes_context=True)
def page_address(context) -> str:
    """The page's own address: with what is chosen in a list, without what others have hung on it."""
    filters = context.get("filters")
    request = context["request"]
    path = filters.own_address if filters else getattr(request, "public_path", request.path)  # some are keys
    address = request.build_absolute_uri(path)
    number = getattr(context.get("page_obj"), "number", 1)
    return address if number == 1 else f"{address}{'&' if '?' in address else '?'}seite={number}"


@register.simple_tag
def standard_pages() -> list[tuple[str, str]]:
    """(address part, German name) of the pages at the foot of every page."""
    return list(STANDARD_PAGES.items())


@register.simple_tag(takes_context=True)
def menu_place(context) -> str:
    """Where the reader is, as far as the menu shows it: the address of one of its pages, or the folders it lies in."""
    path = context["request"].path
    known = [*map(reverse, ("home", "search", "news:article_list", "events:event_list", "contacts:directory"))]
    return path if path in known else "…".join(["", *(one for one in (*known[2:], "/personen/") if one in path)])


@register.simple_tag
def page_numbers(page) -> list:
    """Numbers of a pagination, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag
def mark_dots() -> list[tuple[str, str, str, bool]]:
    """The dots of the mark: (x, y, radius, whether it is the one in the accent)."""
    return [(f"{x:g}", f"{y:g}", f"{mark.RADIUS:g}", number == mark.ONE) for number, (x, y) in enumerate(mark.DOTS)]


@register.simple_tag
@lru_cache(maxsize=1)
def favicon_address() -> SafeString:
    """The favicon inside the page: a request less on the first visit, and as a phone counts, a connection less."""
    return mark_safe("data:image/svg+xml," + quote((settings.ROOT / "static" / "img" / "favicon.svg").read_text()))  # noqa: S308


@register.inclusion_tag("components/placeholder.html")
def placeholder(slug: str):
    """A drawing in place of a picture, the same for the same slug for ever."""
    shape = mark.placeholder(slug)
    dots = [[f"{number:g}" for number in dot] for dot in shape["dots"]]
    return {"one": dots.pop(shape["one"]), "dots": dots, "colours": shape["colours"]}


@register.simple_tag(takes_context=True)
def social_image(context, thing=None) -> str:
    """The absolute address of a preview image: the one of an article or an event, or the general one."""
    image = getattr(thing, "social_image", None)
    return context["request"].build_absolute_uri(image.url if image else static("img/social.png"))


class RememberNode(template.Node):
    """What is inside, {% block %} included, under a name in the context; shows nothing itself."""

    def __init__(self, name, nodelist):
        self.name, self.nodelist = name, nodelist

    def render(self, context):
        context[self.name] = self.nodelist.render(context)
        return ""


@register.tag
def remember(parser, token):
    """`{% remember "page_title" %}{% block title %}{% endblock %}{% endremember %}`: one block, shown in two places."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(name.strip('"'), nodelist)


class PartNode(template.Node):
    """What `{% include … only %}` shows, remembered for the same facts."""

    def __init__(self, include: IncludeNode):
        self.include, self.name = include, include.template.var

    def render(self, context):
        things = {name: value.resolve(context) for name, value in self.include.extra_context.items()}
        return remembered(self.name, things, lambda: self.made(context, things))

    def made(self, context, things) -> SafeString:
        return context.template.engine.get_template(self.name).render(
            context.new({**things})
        )  # it writes into what it is given


@register.tag
def part(parser, token):
    """`{% part "components/x.html" with thing=thing only %}`: an `{% include %}` that is remembered (forum.remembered).

    The template must show nothing but what it is given: no request, no random, no clock but `of_the_moment`.
    """
    node = do_include(parser, token)
    if not node.isolated_context:
        raise template.TemplateSyntaxError("{% part %} ends with “only”: it may see nothing else")
    return PartNode(node)


@register.simple_tag(takes_context=True)
def report_link(context) -> str:
    """A mail about a barrier of the page that is shown, with its title and address filled in (RFC 6068)."""
    title = Truncator(" ".join(unescape(context["page_title"]).split())).chars(MOST_OF_TITLE)
    request = context["request"]
    address = request.build_absolute_uri(getattr(request, "public_path", None))  # some addresses are keys
    if len(address) > MOST_OF_ADDRESS:
        address = request.build_absolute_uri(request.path)
    lines = [
        f"Seite: {title}",
        f"Adresse: {address}",
        "",
        "Was hindert Sie?",
        "",
        "",
        "Womit lesen Sie die Seite (Gerät, Programm)?",
        "",
        "",
    ]
    subject, body = quote(f"Barriere auf der Seite „{title}“", safe=""), quote("\r\n".join(lines), safe="")
    return f"mailto:{quote(settings.REPORTS_MAIL, safe='@')}?subject={subject}&body={body}"
