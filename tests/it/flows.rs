//! What a shop sets in `playbook/flows.toml` is what the bot does: a conversation for each setting, before and after.

use std::{path::Path, sync::Arc};

use warmline::{
    dialogue::Slot,
    domain::{
        Now, SourceFile,
        playbook::{FlowName, Playbook},
    },
    service::{
        mind::Mind,
        rehearsal::Rehearsal,
        script,
        seeds::{self, Folders, Seeds},
    },
    shop::Shop,
};

const FLOWS: &str = "playbook/flows.toml";

/// Sunday 2026-11-22, 10:00 in Taipei.
fn now() -> Now {
    Now { at: 1_795_312_800_000, zone: jiff::tz::TimeZone::get("Asia/Taipei").expect("the zone is bundled") }
}

fn demo() -> Seeds {
    let mut seeds = seeds::read(&Folders::within(Path::new(env!("CARGO_MANIFEST_DIR")))).expect("ours are right");
    // Enough to leave a flow for, and for an answer that is given again.
    seeds.articles.retain(|article| ["shipping-fee", "return-window", "return-postage"].contains(&article.id.as_str()));
    seeds
}

/// The demo shop's bot with `to` in the place of `from` in that file.
fn mind(seeds: &Seeds, from: &str, to: &str) -> Mind {
    let mut files = seeds.playbook_files.clone();
    let flows = files.iter_mut().find(|file| file.path == FLOWS).expect("ours has flows");
    let set = flows.text.replacen(from, to, 1);
    assert!(set != flows.text || from == to, "{from} is not in {FLOWS}");
    flows.text = set;
    let playbook = Playbook::parse(&files).unwrap_or_else(|error| panic!("{error}"));
    Mind::new(Arc::new(playbook), seeds.articles.clone(), now().today()).expect("an index in memory")
}

fn played(mind: &Mind, shop: &Shop, lang: &str, said: &[&str]) -> String {
    let lines: String = said.iter().map(|line| format!("> {line}\n")).collect();
    let file = SourceFile { path: "flows".into(), text: format!("# as set\n@ {lang}\n\n{lines}") };
    script::play(&file, mind, shop, &now()).unwrap_or_else(|error| panic!("{error}"))
}

/// A conversation in which something is there with the setting and not as shipped (`-`: the other way round).
struct Told<'a> {
    set: (&'a str, &'a str),
    lang: &'a str,
    said: &'a [&'a str],
    shows: &'a [&'a str],
}

#[test]
fn each_setting_is_what_the_bot_does() {
    let seeds = demo();
    let shipped = mind(&seeds, "", "");
    for Told { set: (from, to), lang, said, shows } in [
        Told {
            set: ("asked = 2", "asked = 3"),
            lang: "zh-Hant",
            said: &["我的訂單到哪了", "我找不到號碼耶", "就真的沒有啊"],
            shows: &["-* handoff failure"],
        },
        Told {
            set: ("asked = 2", "asked = 1"),
            lang: "zh-Hant",
            said: &["我的訂單到哪了", "我找不到號碼耶"],
            shows: &["* handoff failure"],
        },
        Told {
            set: ("[\"mail\", \"last_four\"]", "[\"mail\"]"),
            lang: "zh-Hant",
            said: &["PW20260002 到哪了", "7412"],
            shows: &["-card: order PW20260002", "-電話末四碼", "請再提供訂購時的電子郵件。", "name@example.com"],
        },
        Told {
            set: ("[\"mail\", \"last_four\"]", "[\"last_four\"]"),
            lang: "en",
            said: &["where is PW20260002", "bohan.chen@example.com", "0000"],
            shows: &["-card: order PW20260002", "-mail address", "and the last four digits of the phone."],
        },
        Told {
            set: ("orders_at_once = 3", "orders_at_once = 1"),
            lang: "zh-Hans",
            said: &["PW20260028 和 PW20260029 到哪了", "sofia.marino@example.org"],
            shows: &["-card: order PW20260029"],
        },
        Told {
            set: ("same_order = 2", "same_order = 1"),
            lang: "zh-Hans",
            said: &["PW20260003 6033", "PW20260003 现在到哪了"],
            shows: &["* handoff failure", "-又看了一遍"],
        },
        Told {
            set: ("person_from_late_days = 0", "person_from_late_days = 2"),
            lang: "zh-Hans",
            said: &["PW20260031 5207"],
            shows: &["* handoff needs_person", "-[转人工客服]"],
        },
        Told {
            set: ("offers_return = [\"delivered\"]", "offers_return = [\"shipped\"]"),
            lang: "zh-Hant",
            said: &["PW20260002 7412"],
            shows: &["[退貨或換貨] [找真人客服]"],
        },
        Told {
            set: ("asks = [\"kind\", \"reason\"]", "asks = []"),
            lang: "en",
            said: &["I want to return PW20260021, jingyi.he@example.org"],
            shows: &["Reason: changed my mind.", "-What is the reason"],
        },
        Told {
            set: ("asks_wanted = true", "asks_wanted = false"),
            lang: "zh-Hant",
            said: &["PW20260022 尺寸不合想換", "5601"],
            shows: &["-想換成哪個", "可以辦理。換貨：純棉睡衣"],
        },
        Told {
            set: ("asks_confirm = true", "asks_confirm = false"),
            lang: "zh-Hant",
            said: &["我要退貨 PW20260001 5601", "浴巾", "不喜歡"],
            shows: &["* return R20260001-1 of PW20260001", "-要幫您送出申請嗎"],
        },
        Told {
            set: ("item_buttons = 2", "item_buttons = 1"),
            lang: "zh-Hant",
            said: &["我要退貨 PW20260001 5601"],
            shows: &["-[雲朵浴巾]"],
        },
        Told {
            set: ("reasons = [\"changed_mind\"", "reasons = [\"damaged\", \"changed_mind\""),
            lang: "zh-Hant",
            said: &["我要退貨 PW20260001 5601", "浴巾"],
            shows: &["[收到時已損壞] [改變心意] [商品故障]"],
        },
        Told {
            set: ("start = [\"order_status\", \"return_or_exchange\"]", "start = [\"stock\"]"),
            lang: "zh-Hans",
            said: &["你好"],
            shows: &["-[退货或换货]"],
        },
    ] {
        let changed = mind(&seeds, from, to);
        let (before, after) = (played(&shipped, &seeds.shop, lang, said), played(&changed, &seeds.shop, lang, said));
        for shown in shows {
            let (shown, is_there) = shown.strip_prefix('-').map_or((*shown, true), |gone| (gone, false));
            assert_eq!(after.contains(shown), is_there, "{to}: {shown}\n{after}");
            assert_eq!(before.contains(shown), !is_there, "as shipped: {shown}\n{before}");
        }
    }
}

#[test]
fn what_is_missing_is_asked_for_in_the_shops_order() {
    let seeds = demo();
    for (asks, first) in [("\"kind\", \"reason\"", Slot::Kind), ("\"reason\", \"kind\"", Slot::Reason)] {
        let mind = mind(&seeds, "asks = [\"kind\", \"reason\"]", &format!("asks = [{asks}]"));
        let mut rehearsal = Rehearsal::new(&mind, &seeds.shop, "en".parse().expect("a language"), now());
        rehearsal.say("I want to return something", None);
        // Who has named neither yet.
        rehearsal.state.memory.flows[0].kind = None;
        rehearsal.say("PW20260021 4725", None);
        assert_eq!(rehearsal.state.memory.flows[0].awaiting, Some(first), "{asks}");
    }
}

#[test]
fn a_reason_on_a_button_counts_as_if_it_were_said() {
    let seeds = demo();
    let mind = mind(&seeds, "reasons = [", "reasons = [\"damaged\", \"wrong_item\", ");
    let told = played(&mind, &seeds.shop, "en", &["return PW20260021 4725, all of it", "[It came damaged]"]);
    assert!(told.contains("Reason: damaged on arrival. We pay the postage."), "{told}");
}

#[test]
fn a_parcel_is_late_from_the_day_the_shop_says() {
    let seeds = demo();
    let orders =
        include_str!("../../demo/orders.toml").replacen("expected = \"+1d 20:00\"", "expected = \"-1d 20:00\"", 1);
    let shop = Shop::from_file(&SourceFile { path: "orders.toml".into(), text: orders }).expect("orders");
    let told = played(&mind(&seeds, "", ""), &shop, "en", &["PW20260002 7412"]);
    assert!(told.contains("sorry"), "{told}");
    let told = played(&mind(&seeds, "late_from_days = 1", "late_from_days = 2"), &shop, "en", &["PW20260002 7412"]);
    assert!(!told.contains("sorry") && !told.contains("yesterday"), "no day that has passed is promised: {told}");
}

#[test]
fn a_flow_is_remembered_after_another_subject_for_as_long_as_the_shop_says() {
    let seeds = demo();
    for (minutes, later_ms, goes_on) in [(30, 29 * 60_000, true), (30, 31 * 60_000, false), (0, 9 * 86_400_000, true)] {
        let mind = mind(&seeds, "remembered_minutes = 0", &format!("remembered_minutes = {minutes}"));
        let mut rehearsal = Rehearsal::new(&mind, &seeds.shop, "en".parse().expect("a language"), now());
        rehearsal.say("I want to return something", None);
        rehearsal.now.at += later_ms / 2;
        // The question is asked again, which does not make it younger.
        rehearsal.say("how much is shipping?", None);
        rehearsal.now.at += later_ms - later_ms / 2;
        rehearsal.say("PW20260047, last four 0387", None);
        let flow = rehearsal.state.memory.flows.last().map(|flow| flow.name);
        let is_return = flow == Some(FlowName::Return);
        assert_eq!(is_return, goes_on, "{minutes} minutes, {later_ms} ms later");
    }
}

#[test]
fn so_many_related_articles_are_offered() {
    let seeds = demo();
    let asked = ["how much is shipping?", "how much is the shipping?"];
    let shipped = played(&mind(&seeds, "", ""), &seeds.shop, "en", &asked);
    let none = played(&mind(&seeds, "related = 2", "related = 0"), &seeds.shop, "en", &asked);
    let last = |told: &str| told.lines().last().unwrap_or_default().to_owned();
    assert_eq!(last(&none), "  [Talk to a person]", "{none}");
    assert!(last(&shipped).len() > last(&none).len(), "{shipped}");
}
