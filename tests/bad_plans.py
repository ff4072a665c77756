"""Plans that cannot be carried out, each with a word that its refusal must say."""

BAD_PLANS = {
    # shares that do not sum
    "where moved calls go": ("[policy]\nto_ambulance = 0.9", "to_ambulance"),
    "ethnic groups": ("[places]\ngroup_shares = [0.5, 0.1, 0.1, 0.1, 0.1]", "group_shares"),
    "too few ethnic groups": ("[places]\ngroup_shares = [0.5, 0.5]", "group_shares"),
    "how officers see people": (
        "[stops]\nseen_mixed = [0.2, 0.2, 0.2, 0.2, 0.1]",
        "seen_mixed",
    ),
    "records lost": ("[calls]\nnot_placed = 0.4\noutside = 0.4", "not_placed"),
    "records of crimes lost": ("[crimes]\nnot_placed = 0.4\noutside = 0.4", "not_placed"),
    # branching of 1 and more
    "burglaries without end": ("[crimes]\nburglary_branching = 1.0", "burglary_branching"),
    "vehicle crime without end": ("[crimes]\nvehicle_branching = 1.5", "vehicle_branching"),
    "less than no violence": ("[crimes]\nviolence_branching = -0.1", "violence_branching"),
    # kernels that are none
    "an unknown delay": ('[crimes]\nburglary_delay = "sudden"', "burglary_delay"),
    "an unknown distance": ('[crimes]\nvehicle_distance = "far"', "vehicle_distance"),
    "a delay longer than the period": ("[crimes]\nburglary_days = 4000.0", "burglary_days"),
    "a tail without a mean": ("[crimes]\ntail = 1.0", "tail"),
    # dates outside the period, or none
    "a policy before the records": ('[policy]\nstarts_in = "2019-01"', "starts_in"),
    "a policy after the records": ('[policy]\nstarts_in = "2031-01"', "starts_in"),
    "an announcement after the start": ('[policy]\nannounced_on = "2030-05-01"', "announced_on"),
    "a day that is none": ('[policy]\nannounced_on = "2022-02-31"', "announced_on"),
    "training outside the period": ('[need]\ntrained_on = "2040-01-01"', "trained_on"),
    "a missing month outside": ('[period]\nmissing_month = "2001-01"', "missing_month"),
    "a month that is none": ('[period]\nfirst_month = "2022-13"', "first_month"),
    "a month of another form": ('[period]\nfirst_month = "Jan 2022"', "first_month"),
    "months before today's clocks": ('[period]\nfirst_month = "1850-01"', "first_month"),
    "months without a calendar": ('[period]\nfirst_month = "9999-12"', "first_month"),
    "no month but a missing one": (
        '[period]\nmonths = 1\nmissing_month = "2022-01"',
        "missing_month",
    ),
    "no months": ("[period]\nmonths = 0", "months"),
    # numbers out of reach
    "more areas than there is sea": ("[places]\nareas = 5000", "areas"),
    "fewer areas than a force has": ("[places]\nareas = 5", "areas"),
    "a chance above 1": ("[calls]\nopening_wrong = 1.4", "opening_wrong"),
    "a share below 0": ("[policy]\neffect = -0.2", "effect"),
    "a rate below 0": ("[stops]\nrate = -1.0", "rate"),
    "a chance of a report above 1": ("[recording]\nreport_burglary = 1.2", "report_burglary"),
    "logs without words": ("[narratives]\nwords = 0", "words"),
    "a spread of nothing": ("[crimes]\narea_spread = 0.0", "area_spread"),
    "what is no number": ("[calls]\nrepeat_people = nan", "repeat_people"),
    "what is no number, in a list": (
        "[recording]\nreporting_by_group = [nan, 1.0, 1.0, 1.0, 1.0]",
        "reporting_by_group",
    ),
    "without end": ("[need]\nband_odds = [inf, 1.0, 1.0]", "band_odds"),
    "minutes without end": ("[calls]\nminutes_spread = 90.0", "minutes_spread"),
    "logs open for a life": ("[calls]\ntail_days = 1e5", "tail_days"),
    "services that grow without end": (
        "[policy]\nservice_trends = [1e6, 1.0, 1.0]",
        "service_trends",
    ),
    "beyond all measure": ("[policy]\nservice_rates = [1e18, 1.0, 1.0]", "service_rates"),
    # words that are not the plan's
    "a part that is none": ("[weather]\nrain = 1", "weather"),
    "a key that is none": ("[crimes]\nburglary_branchings = 0.1", "burglary_branchings"),
    "a key outside its part": ("areas = 100", "areas"),
    "a word for a number": ('[places]\nareas = "many"', "areas"),
    "a number for a switch": ("[crimes]\ncontagion = 1", "contagion"),
    "a fraction for a count": ("[places]\nareas = 100.5", "areas"),
    "a number for a list": ("[stops]\nbars = 0.1", "bars"),
    "words in a list of numbers": ('[places]\nloadings = ["a", "b"]', "loadings"),
    "a type of call that is none": ('[policy]\ncall_types = ["picnic"]', "call_types"),
    "not TOML": ("[crimes\n", "TOML"),
}
