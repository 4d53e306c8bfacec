//! What is found, in which script, and what never is.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::{
    domain::{ArticleText, ByLang, playbook::testing},
    nlu,
};

fn article(id: &str, texts: &[(Lang, &str, &[&str])]) -> Article {
    let text = |&(lang, title, questions): &(Lang, &str, &[&str])| {
        let questions = questions.iter().map(|question| (*question).to_owned()).collect();
        (lang, ArticleText { title: title.to_owned(), questions, body: "-".to_owned() })
    };
    Article {
        id: id.to_owned(),
        status: ArticleStatus::Published,
        category: "general".to_owned(),
        products: Vec::new(),
        valid_from: None,
        valid_until: None,
        texts: ByLang(texts.iter().map(text).collect::<BTreeMap<_, _>>()),
        version: 1,
    }
}

fn shop() -> Vec<Article> {
    vec![
        article("fee", &[(Lang::ZhHant, "運費怎麼算？", &["滿多少免運", "寄到離島要加錢嗎"])]),
        article("return", &[(Lang::ZhHans, "怎么申请退换货", &["东西不想要了怎么退"])]),
        article("courier", &[(Lang::ZhHans, "你们用哪家快递", &["可以指定快递公司吗"])]),
        article("complain", &[(Lang::ZhHant, "怎麼客訴", &["客訴要找誰"])]),
        article("size", &[(Lang::En, "Which size fits me?", &["is there a size chart for pyjamas"])]),
        article("kettle", &[(Lang::En, "How do I descale the PW-KET-01 kettle?", &["limescale in the kettle"])]),
    ]
}

/// The best article for a question, and its features.
fn best(articles: &[Article], question: &str) -> Option<(String, Features)> {
    let playbook = testing::playbook();
    let index = Index::build(articles, &playbook, date(2026, 3, 18)).unwrap();
    let utterance = nlu::read(&playbook, question);
    let hits = index.candidates(&utterance.question);
    let understood = nlu::understand(&playbook, &utterance, &hits);
    understood.articles.first().map(|best| (best.id.clone(), best.features))
}

#[test]
fn scripts_and_regions_meet() {
    for (question, expected) in [
        ("運費怎麼算", "fee"),
        ("请问运费怎么算", "fee"),
        ("邮费多少", "fee"),
        ("我想要退貨", "return"),
        ("可以指定宅配嗎", "courier"),
        ("我要投诉", "complain"),
        ("what SIZE are the pajamas", "size"),
        ("how to descale pw ket 01", "kettle"),
        ("ＫＥＴＴＬＥ limescale", "kettle"),
    ] {
        assert_eq!(best(&shop(), question).map(|(id, _)| id).as_deref(), Some(expected), "{question}");
    }
}

#[test]
fn the_same_words_are_exact_whatever_script_and_signs() {
    let (id, features) = best(&shop(), "运费怎么算!!").unwrap();
    assert_eq!((id.as_str(), features.exact), ("fee", true));
    assert!(!best(&shop(), "运费怎么算的").unwrap().1.exact);
}

#[test]
fn what_may_not_be_answered_is_never_found() {
    let mut articles = shop();
    articles[0].status = ArticleStatus::Archived;
    articles[1].valid_until = Some(date(2026, 3, 17));
    articles[2].valid_from = Some(date(2026, 3, 19));
    articles[3].status = ArticleStatus::Draft;
    let playbook = testing::playbook();
    let index = Index::build(&articles, &playbook, date(2026, 3, 18)).unwrap();
    for question in ["運費怎麼算", "怎么申请退换货", "你们用哪家快递", "怎麼客訴"] {
        let hits = index.candidates(&nlu::read(&playbook, question).question);
        assert!(hits.iter().all(|hit| !matches!(hit.topic, Topic::Article(_))), "{question}: {hits:?}");
    }
    articles[1].valid_until = Some(date(2026, 3, 18));
    assert_eq!(best(&articles, "怎么申请退换货").unwrap().0, "return", "the last day counts");
}

#[test]
fn intents_are_found_by_their_examples() {
    let playbook = testing::playbook();
    let index = Index::build(&shop(), &playbook, date(2026, 3, 18)).unwrap();
    let utterance = nlu::read(&playbook, "我想聽個笑話");
    let understood = nlu::understand(&playbook, &utterance, &index.candidates(&utterance.question));
    assert_eq!(understood.intents[0].name, "joke");
    assert!(matches!(understood.intents[0].by, nlu::MatchedBy::Example(_)));
}

#[test]
fn nothing_is_found_for_nothing_and_long_noise_is_borne() {
    assert_eq!(best(&shop(), ""), None);
    assert_eq!(best(&shop(), "😡"), None);
    assert_eq!(best(&[], "zebra"), None);
    let noise: String = (0x4e00..0x4e00 + 4000).filter_map(char::from_u32).collect();
    assert!(best(&shop(), &noise).is_none_or(|(_, features)| features.query_coverage < 0.3));
}
