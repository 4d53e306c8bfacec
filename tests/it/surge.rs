//! Who waits with the same matter, judged on sentences of shoppers in three languages: no group mixes two matters, and more
//! than half of them come together.

use std::path::Path;

use warmline::{
    desk::surge::{Asked, groups},
    domain::Now,
    service::{
        mind::Mind,
        seeds::{self, Folders},
    },
};

/// Matter, and how it was put.
const SAID: &[(&str, &str)] = &[
    ("typhoon", "我的包裹被颱風耽誤了嗎"),
    ("typhoon", "颱風天包裹什麼時候會到？"),
    ("typhoon", "因為颱風，宅配是不是停了，我的包裹還沒到"),
    ("typhoon", "台风把我的包裹耽误了吗"),
    ("typhoon", "台风天快递停运了吗，我的包裹还没到"),
    ("typhoon", "台风影响，我的包裹卡住了"),
    ("typhoon", "is my parcel delayed by the typhoon?"),
    ("typhoon", "my package is stuck because of the typhoon"),
    ("typhoon", "the typhoon holds my parcel up, when will it come"),
    ("typhoon", "parcel still not here, is it because of the typhoon"),
    ("coupon", "優惠碼不能用，一直說無效"),
    ("coupon", "折扣碼輸入後顯示無效"),
    ("coupon", "优惠码用不了，提示无效"),
    ("coupon", "结账时优惠码无效"),
    ("coupon", "the discount code says invalid"),
    ("coupon", "my coupon code does not work at checkout"),
    ("kettle", "鵝頸壺收到蓋子是破的"),
    ("kettle", "水壺蓋子裂了"),
    ("kettle", "水壶盖子是坏的"),
    ("kettle", "the lid of my kettle is broken"),
    ("kettle", "kettle arrived with a cracked lid"),
    ("charged", "我被重複扣款兩次"),
    ("charged", "信用卡刷了兩次"),
    ("charged", "被重复扣款了"),
    ("charged", "I was charged twice"),
    ("charged", "my card was debited two times for one order"),
];

#[test]
fn one_matter_is_one_group_in_every_language() {
    let seeds = seeds::read(&Folders::within(Path::new(env!("CARGO_MANIFEST_DIR")))).expect("our seeds");
    let now = Now { at: 1_795_312_800_000, zone: jiff::tz::TimeZone::UTC };
    let playbook = seeds.playbook;
    let mind = Mind::new(playbook.clone(), seeds.articles, now.today()).expect("an index");
    let alike = mind.all_alike(SAID.iter().map(|(_, text)| *text));
    let asked = vec![Asked { topic: None }; SAID.len()];
    let found = groups(&asked, |one, other| Some(alike[one][other]), &playbook.surge, 2);
    let mut together = 0;
    for members in &found {
        let matters: Vec<&str> = members.iter().map(|at| SAID[*at].0).collect();
        let most = matters.iter().map(|one| matters.iter().filter(|other| *other == one).count()).max().unwrap_or(0);
        println!("{:?}", members.iter().map(|at| SAID[*at].1).collect::<Vec<_>>());
        assert_eq!(most, matters.len(), "two matters in one group: {matters:?}");
    }
    for matter in ["typhoon", "coupon", "kettle", "charged"] {
        let largest = found.iter().map(|members| members.iter().filter(|at| SAID[**at].0 == matter).count()).max();
        together += largest.unwrap_or(0);
        println!("{matter}: {largest:?} of {}", SAID.iter().filter(|(one, _)| *one == matter).count());
    }
    for (at, row) in alike.iter().enumerate() {
        let own = row.iter().enumerate().filter(|(other, _)| *other != at && SAID[*other].0 == SAID[at].0);
        let foreign = row.iter().enumerate().filter(|(other, _)| SAID[*other].0 != SAID[at].0);
        let least = own.map(|(_, likeness)| *likeness).fold(2.0, f32::min);
        let most = foreign.map(|(_, likeness)| *likeness).fold(-2.0, f32::max);
        println!("{least:.2} {most:.2} {}", SAID[at].1);
    }
    let share = together as f32 / SAID.len() as f32;
    assert!(share >= 0.6, "{share:.2} of shoppers are in the largest group of their matter");
}
