from django.urls import path

from contacts import check_views, views

app_name = "contacts"
urlpatterns = [
    path("kontakt/", views.directory, name="directory"),
    path("kontakt/<slug:slug>/", views.DistrictPage.as_view(), name="district"),
    path("kontakt/<slug:slug>/kontakte.vcf", views.district_vcards, name="district_vcards"),
    path("personen/<slug:slug>/", views.PersonPage.as_view(), name="person"),
    path("personen/<slug:slug>/kontakt.vcf", views.person_vcard, name="person_vcard"),
    path("eintrag-pruefen/danke/", check_views.thanks, name="check_thanks"),
    path("eintrag-pruefen/danke-korrektur/", check_views.thanks, {"corrected": True}, name="check_thanks_correction"),
    path("eintrag-pruefen/<slug:token>/", check_views.check_entry, name="check"),
]
