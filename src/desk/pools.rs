//! Who may be given to whom. A place in the queue counts those ahead whom the same people may be given, and the time
//! counts those people alone: who waits for a team of two stands neither behind others' customers nor before them.

use std::collections::BTreeMap;

use crate::domain::{
    Lang,
    ids::{AgentId, TeamId},
};

/// Somebody who is there and available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    pub agent: AgentId,
    /// Conversations that they take at once.
    pub slots: i64,
    /// Of those, taken now.
    pub active: i64,
}

/// By what it is decided who may have a conversation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub team: Option<TeamId>,
    pub lang: Lang,
}

pub struct Staff {
    pub hands: Vec<Hand>,
    /// Members of each team, there or not. A team without any is everybody.
    pub teams: BTreeMap<TeamId, Vec<AgentId>>,
    /// Of those who do not serve every language.
    pub langs: BTreeMap<AgentId, Vec<Lang>>,
    /// Whether who waits long is anybody's in the end.
    pub overflows: bool,
}

/// Where somebody stands, and who may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spot {
    /// 1 is next.
    pub place: i64,
    /// How many the same people may be given, this one included.
    pub waiting: i64,
    /// Of those people: how many they are, how many they take at once, how many they have.
    pub agents: i64,
    pub slots: i64,
    pub active: i64,
}

impl Staff {
    fn serves(&self, agent: &AgentId, need: &Need) -> bool {
        let members = need.team.as_ref().and_then(|team| self.teams.get(team)).filter(|members| !members.is_empty());
        members.is_none_or(|members| members.contains(agent))
            && self.langs.get(agent).is_none_or(|langs| langs.contains(&need.lang))
    }

    /// Whom of `hands` this may be given. Whom nobody there serves waits until they are anybody's, where that comes.
    fn served_by(&self, need: &Need) -> Vec<bool> {
        let served: Vec<bool> = self.hands.iter().map(|hand| self.serves(&hand.agent, need)).collect();
        if served.contains(&true) || !self.overflows { served } else { vec![true; self.hands.len()] }
    }

    /// Of all who wait, in the order of dispatch.
    pub fn spots<'n>(&self, needs: impl Iterator<Item = &'n Need> + Clone) -> Vec<Spot> {
        let mut kinds: BTreeMap<&Need, usize> = BTreeMap::new();
        for need in needs.clone() {
            let next = kinds.len();
            kinds.entry(need).or_insert(next);
        }
        let mut served = vec![Vec::new(); kinds.len()];
        kinds.iter().for_each(|(need, kind)| served[*kind] = self.served_by(need));
        let meet = |one: &Vec<bool>, other: &Vec<bool>| {
            self.hands.is_empty() || one.iter().zip(other).any(|(one, other)| *one && *other)
        };
        let meets: Vec<Vec<bool>> =
            served.iter().map(|one| served.iter().map(|other| meet(one, other)).collect()).collect();
        let counted = |kind: usize, counts: &[i64]| -> i64 {
            counts.iter().zip(&meets[kind]).filter(|(_, meets)| **meets).map(|(count, _)| count).sum()
        };
        let mut seen = vec![0; kinds.len()];
        let mut spots: Vec<(usize, Spot)> = needs
            .map(|need| {
                let kind = kinds[need];
                let place = counted(kind, &seen) + 1;
                seen[kind] += 1;
                (kind, Spot { place, ..Spot::default() })
            })
            .collect();
        for (kind, spot) in &mut spots {
            spot.waiting = counted(*kind, &seen);
            for (hand, _) in self.hands.iter().zip(&served[*kind]).filter(|(_, serves)| **serves) {
                spot.agents += 1;
                spot.slots += hand.slots;
                spot.active += hand.active;
            }
        }
        spots.into_iter().map(|(_, spot)| spot).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(team: Option<&str>, lang: Lang) -> Need {
        Need { team: team.map(TeamId::from), lang }
    }

    fn places(staff: &Staff, needs: &[Need]) -> Vec<(i64, i64, i64)> {
        staff.spots(needs.iter()).iter().map(|spot| (spot.place, spot.waiting, spot.slots)).collect()
    }

    #[test]
    fn those_ahead_count_whom_the_same_people_may_be_given() {
        let hand = |agent: &str| Hand { agent: agent.into(), slots: 4, active: 1 };
        let staff = Staff {
            hands: vec![hand("maya"), hand("omar"), hand("lena")],
            teams: BTreeMap::from([
                ("billing".into(), vec!["omar".into()]),
                ("night".into(), vec!["gone".into()]),
                ("empty".into(), vec![]),
            ]),
            langs: BTreeMap::from([("lena".into(), vec![Lang::ZhHant])]),
            overflows: true,
        };
        let needs = [
            need(None, Lang::En),
            need(Some("billing"), Lang::En),
            need(None, Lang::ZhHant),
            need(Some("billing"), Lang::ZhHant),
            need(Some("empty"), Lang::En),
        ];
        assert_eq!(places(&staff, &needs), [(1, 5, 8), (2, 5, 4), (3, 5, 12), (4, 5, 4), (5, 5, 8)]);

        // Maya serves no billing and Omar nothing else: neither waits for the other's customers.
        let apart = Staff {
            hands: vec![hand("maya"), hand("omar")],
            teams: BTreeMap::from([("billing".into(), vec!["omar".into()]), ("sales".into(), vec!["maya".into()])]),
            langs: BTreeMap::new(),
            overflows: true,
        };
        let needs = ["billing", "sales", "billing", "sales"].map(|team| need(Some(team), Lang::En));
        assert_eq!(places(&apart, &needs), [(1, 2, 4), (1, 2, 4), (2, 2, 4), (2, 2, 4)]);

        let whom_nobody_there_serves = [need(Some("night"), Lang::En), need(None, Lang::En)];
        assert_eq!(places(&staff, &whom_nobody_there_serves), [(1, 2, 12), (2, 2, 8)]);
        let kept_apart = Staff { overflows: false, ..staff };
        let spots = kept_apart.spots(whom_nobody_there_serves.iter());
        assert_eq!((spots[0].agents, spots[1].place), (0, 1), "nobody ever comes, and nobody waits behind them");
        let nobody = Staff { hands: vec![], ..apart };
        assert_eq!(places(&nobody, &needs), [(1, 4, 0), (2, 4, 0), (3, 4, 0), (4, 4, 0)]);
    }
}
