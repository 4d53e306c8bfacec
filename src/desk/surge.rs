//! Who waits with the same matter: told by what they asked for and by what their words mean.

use crate::domain::playbook::SurgeRules;

/// One who waits, in the order of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// An intent's name or an article's id.
    pub topic: Option<&'a str>,
}

/// Groups of places in `asked`, the largest first, each with at least `least`; within a group in the order of waiting.
/// `alike(one, other)` is the likeness of their words, `None` without the sentence model.
///
/// The longest waiting leads a group: each further one joins the leader it is most like, or leads one of its own.
pub fn groups(
    asked: &[Asked<'_>],
    alike: impl Fn(usize, usize) -> Option<f32>,
    rules: &SurgeRules,
    least: usize,
) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, one) in asked.iter().enumerate() {
        let joins = groups.iter().enumerate().filter_map(|(group, members)| {
            let leader = *members.first()?;
            let is_topic = one.topic.is_some() && one.topic == asked[leader].topic;
            let likeness = match alike(at, leader) {
                Some(likeness) => likeness,
                None if is_topic => 1.0,
                None => return None,
            };
            let enough = if is_topic { rules.alike_same_topic } else { rules.alike };
            (likeness >= enough).then_some((group, likeness))
        });
        match joins.max_by(|one, other| one.1.total_cmp(&other.1)) {
            Some((group, _)) => groups[group].push(at),
            None => groups.push(vec![at]),
        }
    }
    groups.retain(|members| members.len() >= least);
    groups.sort_by_key(|members| (std::cmp::Reverse(members.len()), members.first().copied()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_matter_is_one_group_whatever_it_was_taken_for() {
        // Likeness by how near the numbers are.
        let places: [f32; 7] = [0.0, 0.1, 0.9, 0.15, 0.95, 0.5, 0.05];
        let alike = |one: usize, other: usize| Some(1.0 - (places[one] - places[other]).abs());
        let rules = SurgeRules { alike: 0.8, alike_same_topic: 0.5, ..SurgeRules::default() };
        let no_topic = [Asked { topic: None }; 7];
        assert_eq!(groups(&no_topic, alike, &rules, 2), [vec![0, 1, 3, 6], vec![2, 4]]);
        assert_eq!(groups(&no_topic, alike, &rules, 3), [vec![0, 1, 3, 6]]);
        let mut topics = no_topic;
        (topics[0].topic, topics[5].topic) = (Some("late"), Some("late"));
        assert_eq!(groups(&topics, alike, &rules, 2)[0], [0, 1, 3, 5, 6], "the same topic needs less");
    }

    #[test]
    fn without_the_model_the_topic_alone_tells() {
        let asked = [Some("late"), None, Some("late"), Some("fees"), None].map(|topic| Asked { topic });
        assert_eq!(groups(&asked, |_, _| None, &SurgeRules::default(), 2), [vec![0, 2]]);
    }
}
