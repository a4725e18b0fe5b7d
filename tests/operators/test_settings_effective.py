"""Effective settings: layer over layer, each key with the layer that set it and what it overrode."""

from operators.selectors.effective import list_effective_settings, list_options_in_force, read_flag

SETTINGS = {
    "defaultSettings": {"maxExposure": 25000000, "gambleEnabled": False, "displayXRTP": False},
    "demoSettings": {"maxExposure": 100, "displayCurrency": False},
    "defaultGameSpecificSettings": {"game-bells": {"gambleEnabled": True, "maxExposure": 500}, "other": {"a": 1}},
}


def told(game_ref: str, *, for_fun: bool) -> dict[str, tuple[object, ...]]:
    found = list_effective_settings(settings=SETTINGS, game_ref=game_ref, for_fun=for_fun)
    return {name: (setting.value, setting.layer, setting.overrode) for name, setting in found.items()}


def test_a_games_own_settings_win_over_the_demos_and_these_over_the_general_ones() -> None:
    own = "defaultGameSpecificSettings.game-bells"
    assert told("game-bells", for_fun=True) == {
        "maxExposure": (500, own, (("defaultSettings", 25000000), ("demoSettings", 100))),
        "gambleEnabled": (True, own, (("defaultSettings", False),)),
        "displayXRTP": (False, "defaultSettings", ()),
        "displayCurrency": (False, "demoSettings", ()),
    }


def test_the_demos_settings_are_none_of_a_real_launch() -> None:
    assert told("game-fruits", for_fun=False) == {
        "maxExposure": (25000000, "defaultSettings", ()),
        "gambleEnabled": (False, "defaultSettings", ()),
        "displayXRTP": (False, "defaultSettings", ()),
    }


def test_a_setting_says_what_it_means() -> None:
    found = list_effective_settings(settings=SETTINGS, game_ref="game-bells", for_fun=False)
    assert (found["maxExposure"].meaning, found["gambleEnabled"].meaning) == ("5.00 EUR", "on")


def test_no_settings_come_to_none() -> None:
    assert list_effective_settings(settings={}, game_ref="a", for_fun=True) == {}


def test_the_options_in_force_are_those_set_and_the_defaults() -> None:
    settings = {"protocolType": 6, "maxGameRoundAge": 3600, "delaySettings": {"shortRetryCount": 0}}
    found = {each.option.name: (each.value, each.is_set, each.meaning) for each in list_options_in_force(settings)}
    assert found["maxGameRoundAge"] == (3600, True, "1 h")
    assert found["gameRoundAgeToCloseInMS"] == (21600000, False, "6 h")
    assert found["delaySettings.shortRetryCount"] == (0, True, "")
    assert found["delaySettings.longRetryTimeInMS"] == (3600000, False, "1 h")
    assert found["shouldWeDelay"] == (True, False, "on")
    assert "voidAllDebits" not in found
    assert "reconToken" not in found


def test_a_flag_that_is_not_set_is_its_types_default() -> None:
    assert read_flag({"protocolType": 4}, "shouldWeDelay") is True
    assert read_flag({"protocolType": 4, "shouldWeDelay": False}, "shouldWeDelay") is False
    assert read_flag({}, "shouldWeDelay") is False
    assert read_flag({"isSocial": True}, "isSocial") is True
