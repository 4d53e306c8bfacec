//! Slots and feelings over the shop's own word lists, told as messages people send.

use super::*;
use crate::domain::playbook::testing;

fn slots(text: &str) -> Slots {
    let playbook = testing::playbook();
    slots::fill(&playbook.slots, text, &read(&playbook, text).normal)
}

fn feelings(text: &str) -> Feelings {
    let playbook = testing::playbook();
    let utterance = read(&playbook, text);
    feelings::sense(&playbook.feelings, &utterance.raw, &utterance.normal, None)
}

fn wants_person(text: &str) -> bool {
    let feelings = feelings(text);
    feelings.red_line.is_some() || feelings.escalation >= testing::playbook().thresholds.escalate
}

#[test]
fn order_numbers_in_any_dress() {
    for text in [
        "PW20260318",
        "pw 2026-0318",
        "ＰＷ２０２６０３１８",
        "我的訂單PW20260318到哪了",
        "訂單編號：pw_2026_0318，謝謝",
        "P W 2 0 2 6 0 3 1 8",
        "it's #PW20260318.",
        "order pw20260318 and my mail is lin@example.com",
        "20260318",
        "2026 0318",
        "訂單 20260318",
        "my order number is 20260318",
    ] {
        assert_eq!(slots(text).order_numbers, ["PW20260318"], "{text}");
    }
    assert_eq!(slots("PW20260318 跟 PW20260319").order_numbers, ["PW20260318", "PW20260319"]);
    for text in
        ["PW2026031", "PW202603189", "XPW20260318", "我的電話 25501234", "2026-03-18 買的", "20260318 那天買的杯子"]
    {
        assert!(slots(text).order_numbers.is_empty(), "{text}");
    }
}

#[test]
fn mails_phones_and_last_four() {
    let all = slots("PW20260318 lin.mei@example.com 0912-345-678");
    assert_eq!((all.mails, all.phones), (vec!["lin.mei@example.com".to_owned()], vec!["+886912345678".to_owned()]));
    assert_eq!(slots("我的信箱是Lin@Example.com。").mails, ["lin@example.com"]);
    for (text, phone) in [
        ("+886 912 345 678", "+886912345678"),
        ("0912345678", "+886912345678"),
        ("０９１２－３４５－６７８", "+886912345678"),
        ("零九一二三四五六七八", "+886912345678"),
        ("(02) 2550-1234", "+886225501234"),
        ("手机 138 0013 8000", "+8613800138000"),
        ("+86 13800138000", "+8613800138000"),
        ("010-12345678", "+861012345678"),
        ("call me at +44 20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("555-0123", "5550123"),
    ] {
        assert_eq!(slots(text).phones, [phone], "{text}");
    }
    for text in ["123456", "1234567890123456", "PW20260318"] {
        assert!(slots(text).phones.is_empty(), "{text}: {:?}", slots(text).phones);
    }
    for text in [
        "1234",
        "末四碼是1234",
        "phone ends in 1234",
        "PW20260318 1234",
        "pw20260318, 1234",
        "後四碼：１２３４",
        "末四碼是1-2-3-4",
        "1 2 3 4",
        "一二三四",
        "尾號是一 二 三 四喔",
        "the last four are one two three four",
        "1、2、3、4",
        "PW20260318 末四码 1.2.3.4",
    ] {
        assert_eq!(slots(text).last_four.as_deref(), Some("1234"), "{text}");
    }
    for text in [
        "NT$1234",
        "2026年買的",
        "2026/05/12 買的",
        "1-2-3",
        "1-2-3-4-5",
        "one two three",
        "1234元",
        "1234 5678 號",
        "12345",
        "PW20260318",
        "me1234@example.com",
        "1234ml",
    ] {
        assert_eq!(slots(text).last_four, None, "{text}");
    }
}

#[test]
fn days_are_found_however_they_are_said() {
    let zone = jiff::tz::TimeZone::get("Asia/Taipei").unwrap();
    // Sunday 2026-11-22, 10:00.
    let now = crate::domain::Now { at: 1_795_312_800_000, zone };
    let days = |text: &str| -> Vec<String> {
        let dates = slots(text).dates;
        dates.iter().filter_map(|date| date.days(now.today()).first().map(ToString::to_string)).collect()
    };
    for (text, expected) in [
        ("昨天買的", &["2026-11-21"][..]),
        ("我大前天下單的", &["2026-11-19"]),
        ("上週五買的", &["2026-11-13"]),
        ("上上星期三", &["2026-11-04"]),
        ("這禮拜二到的", &["2026-11-17"]),
        ("週五買的", &["2026-11-20"]),
        ("上週末", &["2026-11-14/2026-11-15"]),
        ("上個月訂的", &["2026-10-01/2026-10-31"]),
        ("雙11買的", &["2026-11-11"]),
        ("双十一那天拍的", &["2026-11-11"]),
        ("618买的", &["2026-06-01/2026-06-20"]),
        ("3天前", &["2026-11-19"]),
        ("十五天前", &["2026-11-07"]),
        ("兩個禮拜前", &["2026-11-08"]),
        ("5/12 買的", &["2026-05-12"]),
        ("5月12日", &["2026-05-12"]),
        ("５月１２號", &["2026-05-12"]),
        ("2026-03-18", &["2026-03-18"]),
        ("3 days ago", &["2026-11-19"]),
        ("two weeks ago", &["2026-11-08"]),
        ("last Friday", &["2026-11-20"]),
        ("on monday", &["2026-11-16"]),
        ("I bought it yesterday", &["2026-11-21"]),
        ("May 12th", &["2026-05-12"]),
        ("12 Nov", &["2026-11-12"]),
        ("Black Friday order", &["2026-11-22/2026-11-30"]),
        ("昨天和前天各買一個", &["2026-11-21", "2026-11-20"]),
        ("13/45", &[]),
        ("24/7", &[]),
        ("等了三天", &[]),
        ("運費怎麼算", &[]),
        ("PW20260318", &[]),
    ] {
        assert_eq!(days(text), expected, "{text}");
    }
}

#[test]
fn sums_sizes_and_colours() {
    let sums = |text: &str| slots(text).amounts.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (text, expected) in [
        ("NT$1,200", &["TWD 1,200"][..]),
        ("花了1200元", &["1,200"]),
        ("¥99", &["CNY 99"]),
        ("￥99.9", &["CNY 99.90"]),
        ("$12.5", &["12.50"]),
        ("US$ 30", &["USD 30"]),
        ("30 美金", &["USD 30"]),
        ("三百", &[]),
        ("扣了 100 塊又扣 200 塊", &["100", "200"]),
        ("1234", &[]),
        ("2026年", &[]),
        ("999999999999999999元", &[]),
    ] {
        assert_eq!(sums(text), expected, "{text}");
    }
    for (text, expected) in [
        ("我要 XL", &["XL"][..]),
        ("38 号太小，换 39 号", &["39"]),
        ("the M is too small", &[]),
        ("我的 M 號太小了", &[]),
        ("150x200", &["150x200"]),
        ("150×200 公分的", &["150×200"]),
        ("M號", &["M"]),
        ("想換大一號", &["大一號"]),
        ("換成鼠尾草綠", &["鼠尾草綠"]),
        ("I'd like the sage green one in size L", &["sage green", "L"]),
        ("one size up please", &["one size up"]),
        ("it's a gift", &[]),
        ("運費怎麼算", &[]),
    ] {
        assert_eq!(slots(text).variants, expected, "{text}");
    }
}

#[test]
fn several_items_other_orders_and_verdicts() {
    for (text, expected) in [
        ("1和3", &[1, 3][..]),
        ("1, 2", &[1, 2]),
        ("第一個跟第三個", &[1, 3]),
        ("2 and 3", &[2, 3]),
        ("1", &[]),
        ("5/12", &[]),
    ] {
        assert_eq!(slots(text).several, expected, "{text}");
    }
    for text in ["不是這筆", "不是那張訂單啦", "查錯了", "not that one", "that's the wrong order"] {
        assert!(slots(text).not_this, "{text}");
    }
    for (text, expected) in [
        ("有幫助", Some(true)),
        ("解決了，謝謝", Some(true)),
        ("that helped, thanks", Some(true)),
        ("沒幫助", Some(false)),
        ("答非所問", Some(false)),
        ("that's not what I asked", Some(false)),
        ("that didn't help", Some(false)),
        ("can you help me", None),
        ("運費怎麼算", None),
    ] {
        assert_eq!(slots(text).helped, expected, "{text}");
    }
    for (text, expected) in
        [("我的訂單，", true), ("因為", true), ("my order is", true), ("運費多少", false), ("運費多少？", false)]
    {
        assert_eq!(slots(text).unfinished, expected, "{text}");
    }
}

#[test]
fn yes_no_and_what_only_looks_like_it() {
    for text in [
        "好",
        "好的謝謝",
        "是的，我要退貨",
        "對",
        "沒錯",
        "嗯嗯",
        "可以啊",
        "yes please",
        "Yep",
        "ok",
        "that's right",
        "OK!",
    ] {
        assert_eq!(slots(text).yes, Some(true), "{text}");
    }
    for text in ["不", "不是", "不用了", "沒有", "no", "No, thanks", "nope", "不要，我要換貨"] {
        assert_eq!(slots(text).yes, Some(false), "{text}");
    }
    for text in [
        "好像沒收到",
        "對不起",
        "是什麼時候寄",
        "不好意思請問",
        "right now",
        "要多久",
        "我要退貨",
        "notebook",
        "可以退嗎",
    ] {
        assert_eq!(slots(text).yes, None, "{text}");
    }
}

#[test]
fn corrections_and_second_thoughts() {
    for text in [
        "不是這筆",
        "我是說另一張訂單",
        "打錯了",
        "not that one",
        "I meant the blue one",
        "sorry, it's PW20260319",
        "不對，是第二個",
    ] {
        assert!(slots(text).correction, "{text}");
    }
    for text in ["算了", "那算了", "不退了", "never mind", "forget it", "不用了", "先不用了謝謝"] {
        assert!(slots(text).cancel, "{text}");
    }
    for text in ["運費怎麼算", "我要退貨", "I want to cancel my order", "你們寄錯了", "取消訂單"] {
        assert!(!slots(text).cancel, "{text}");
        assert!(!slots(text).correction, "{text}");
    }
}

#[test]
fn what_is_kept_after_all_is_told_from_a_question_about_keeping() {
    for text in ["我改變心意了 想留著", "還是留著吧", "不退了", "actually I'll keep it", "cancel that return please"]
    {
        assert!(slots(text).keeps && slots(text).cancel, "{text}");
    }
    for text in
        ["包裝盒要不要留著？", "I'll keep it and return the other one", "keep the cup, return the towel", "我要退貨"]
    {
        assert!(!slots(text).keeps, "{text}");
    }
}

#[test]
fn a_yes_with_a_but_is_none() {
    for text in ["好", "好的謝謝", "yes please", "sure, thanks"] {
        assert_eq!(slots(text).yes, Some(true), "{text}");
    }
    for text in ["好 但是我想換貨", "好的，等我找到盒子再說", "ok let me think about it", "yes but not today"]
    {
        assert_eq!(slots(text).yes, None, "{text}");
    }
}

#[test]
fn which_one() {
    for (text, expected) in [
        ("2", Some(2)),
        ("第二個", Some(2)),
        ("第三件", Some(3)),
        ("the second one", Some(2)),
        ("first", Some(1)),
        ("另一個呢", Some(-1)),
        ("and the other one?", Some(-1)),
        ("這是我第一次買", None),
        ("the first time I ordered", None),
        ("2026", None),
    ] {
        assert_eq!(slots(text).ordinal, expected, "{text}");
    }
}

#[test]
fn kinds_reasons_and_whether_it_was_opened() {
    use ReturnKind::*;
    use ReturnReason::*;
    for (text, kind, reason) in [
        ("我想退貨，杯子寄來就破了", Some(Return), Some(Damaged)),
        ("睡衣太小了想換大一號", Some(Exchange), Some(WrongSize)),
        ("你們寄錯了，要退款", Some(Return), Some(WrongItem)),
        ("壺不會加熱", None, Some(Defective)),
        ("买错了，能退吗", Some(Return), Some(ChangedMind)),
        ("i changed my mind and want to send it back", Some(Return), Some(ChangedMind)),
        ("the lamp doesn't turn on, can I swap it", Some(Exchange), Some(Defective)),
        ("they're too tight", None, Some(WrongSize)),
        ("我不換貨，我要退貨", Some(Return), None),
        ("it's not broken, I just don't want it", None, Some(ChangedMind)),
        ("運費多少", None, None),
    ] {
        let slots = slots(text);
        assert_eq!((slots.kind, slots.reason), (kind, reason), "{text}");
    }
    for (text, opened) in [
        ("已經拆封了", Some(true)),
        ("還沒拆", Some(false)),
        ("全新未拆", Some(false)),
        ("I opened it yesterday", Some(true)),
        ("never opened", Some(false)),
        ("haven't used it yet", Some(false)),
        ("運費多少", None),
    ] {
        assert_eq!(slots(text).opened, opened, "{text}");
    }
}

#[test]
fn strong_feeling_asks_for_a_person() {
    for text in [
        "你們到底怎麼回事",
        "太离谱了",
        "气死我了",
        "再不处理我就投诉",
        "我要投诉",
        "我要客訴",
        "worst service ever",
        "WHERE IS MY ORDER!!!",
        "third time I'm asking",
        "这是什么垃圾服务",
        "爛透了 傻眼",
        "退一赔三！",
        "坑爹啊，差评！",
        "I want to speak to your manager",
        "This is absolutely ridiculous",
        "叫你們主管出來",
        "你他媽的",
    ] {
        assert!(wants_person(text), "{text}: {:?}", feelings(text));
    }
}

#[test]
fn calm_questions_do_not() {
    for text in [
        "運費怎麼算",
        "我的訂單到哪了",
        "到底有沒有現貨呢",
        "快一点",
        "THANK YOU SO MUCH!!!",
        "謝謝!!!",
        "not angry at all, just asking",
        "有點失望",
        "where is my order?",
        "I'm worried my parcel is lost?",
        "請問多久會到",
        "給他媽媽買的",
        "要等三小時嗎",
        "my USB-C LED lamp",
        "PW20260318 XL",
    ] {
        assert!(!wants_person(text), "{text}: {:?}", feelings(text));
    }
}

#[test]
fn red_lines_and_their_doubles() {
    use HandoffReason::*;
    for (text, expected) in [
        ("用了護手霜之後過敏了", Some(Safety)),
        ("擦了以後臉又紅又癢", Some(Safety)),
        ("the kettle gave me an electric shock", Some(Safety)),
        ("my hands are swollen after using the cream", Some(Safety)),
        ("壺冒煙了", Some(Safety)),
        ("孩子把零件吞下去了", Some(Safety)),
        ("不想活了", Some(SelfHarm)),
        // Called frauds ourselves is anger; told of a fraud is not.
        ("you are scammers", None),
        ("你們是詐騙集團嗎", None),
        ("骗子 我要退款", None),
        ("I was scammed by a caller", Some(Fraud)),
        ("接到骗子电话说要退款", Some(Fraud)),
        ("我的卡被盜刷", Some(Fraud)),
        ("我會找律師", Some(Legal)),
        ("I will sue you", Some(Legal)),
        ("我要告你們", Some(Legal)),
        ("我要找記者爆料", Some(Press)),
        ("going to the media", Some(Press)),
        ("我打12315", Some(Regulator)),
        ("去消保會申訴", Some(Regulator)),
        ("消基会", Some(Regulator)),
        ("I'll report you to the FTC", Some(Regulator)),
        ("BBB complaint", Some(Regulator)),
        ("is it legal to bring the kettle on a plane", None),
        ("社群媒體帳號是什麼", None),
        ("media kit please", None),
        ("press the button twice?", None),
        ("敏感肌可以用嗎，會過敏嗎", None),
        ("is it allergy-free?", None),
        ("I'm allergic to nuts, is the cream safe?", None),
        ("does the diffuser catch fire?", None),
        ("這個會不會燙傷小孩", None),
        ("can I get a french press", None),
        ("爆款", None),
        ("告訴我運費", None),
        ("法院旁边的门店几点开门", None),
        ("my sister works at a law court, want to buy her a gift", None),
        ("I'm a journalist buying a gift for a friend", None),
        ("送律師朋友的禮物", None),
        ("我在法院門口等你們 要告你們", Some(Legal)),
    ] {
        assert_eq!(feelings(text).red_line, expected, "{text}");
    }
}

#[test]
fn abuse_is_seen() {
    assert!(feelings("你們這些王八蛋").abusive);
    assert!(feelings("you IDIOTS").abusive);
    assert!(!feelings("給他媽媽的禮物").abusive);
    assert!(!feelings("能幹的你們").abusive);
}

#[test]
fn patterns_make_an_intent_sure_unless() {
    let playbook = testing::playbook();
    let names = |text: &str| {
        let understood = understand(&playbook, &read(&playbook, text), &[], None);
        understood.intents.into_iter().map(|intent| (intent.name, intent.score)).collect::<Vec<_>>()
    };
    assert_eq!(names("Tell me a joke"), [("joke".to_owned(), 1.0)]);
    assert!(names("tell them no joke").is_empty());
}

#[test]
fn a_long_message_is_read_to_its_limit() {
    let playbook = testing::playbook();
    let utterance = read(&playbook, &"退貨😡".repeat(2000));
    assert_eq!(utterance.raw.chars().count(), playbook.thresholds.max_understood_chars);
}

#[test]
fn a_vector_is_of_what_is_said_not_of_numbers() {
    let spoken = |text: &str| slots::beside_long_numbers(text).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(spoken("any news on pw20260036? 0974"), "any news on ?");
    assert_eq!(spoken("花了nt$1,200,电话0912-345-678"), "花了 ,电话");
    assert_eq!(spoken("to ann.lee@example.com please"), "to please");
    assert_eq!(spoken("iphone 15, 3-5 天, 100 元"), "iphone 15, 3-5 天, 100 元");
    assert_eq!(spoken("12315"), "12315");
    let once = slots::said_once;
    assert_eq!(
        once("still waiting, nobody answers. nobody answers!! nobody answers"),
        "still waiting, nobody answers.!"
    );
    assert_eq!(once("退钱!退钱!快退钱"), "退钱!快退钱");
    assert_eq!(once("i don't know, i do"), "i don't know, i do");
}
