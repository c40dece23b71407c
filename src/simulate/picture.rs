//! What happened, as a picture: a lane for each profile, the weather above.
//!
//! Plain SVG 1.1 without scripts, styles from elsewhere or fonts of its own, dark on white, 1200 by 600.

use std::collections::HashMap;
use std::fmt::{self, Write};

use crate::clock::Timestamp;
use crate::echo::legible;
use crate::profile::ProfileId;

use super::log::{Rest, What};
use super::run::Played;
use super::scenario::{Scenario, Sky};
use super::weather::{Drawn, Front};

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 600.0;
/// Where time begins and ends.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 1180.0;
/// The top of the weather.
const WEATHER: f64 = 66.0;
const ROW: f64 = 15.0;
/// The bottom of the last lane.
const BOTTOM: f64 = 540.0;
const TALLEST: f64 = 84.0;
const SHORTEST: f64 = 16.0;
const BINS: usize = 330;

const INK: &str = "#1f2933";
const FAINT: &str = "#9aa5b1";
const SERVED: &str = "#2f7ab5";
const FAILED: &str = "#c8324a";
const RESTING: &str = "#f4dba6";
const REFUSED: &str = "#5a3d7a";

/// Draws what happened.
#[must_use]
pub fn picture(scenario: &Scenario, played: &Played) -> String {
    let mut svg = String::new();
    Canvas::new(played)
        .draw(&mut svg, scenario)
        // Writing into memory does not fail.
        .unwrap_or_default();
    svg
}

/// A lane: how many were served and failed in each bin, and when the profile rested.
#[derive(Debug)]
struct Lane {
    name: String,
    profile: Option<ProfileId>,
    served: Vec<u32>,
    failed: Vec<u32>,
    rested: Vec<(Timestamp, Timestamp)>,
}

impl Lane {
    fn new(name: &str, profile: Option<ProfileId>) -> Self {
        Self {
            name: name.to_owned(),
            profile,
            served: vec![0; BINS],
            failed: vec![0; BINS],
            rested: Vec::new(),
        }
    }
}

struct Canvas<'a> {
    played: &'a Played,
    lanes: Vec<Lane>,
}

impl<'a> Canvas<'a> {
    fn new(played: &'a Played) -> Self {
        let mut lanes: Vec<Lane> = played
            .facts
            .profiles
            .iter()
            .map(|known| Lane::new(known.id.as_str(), Some(known.id.clone())))
            .collect();
        lanes.push(Lane::new("refused", None));
        let mut canvas = Self { played, lanes };
        canvas.count();
        canvas.rest();
        canvas
    }

    fn count(&mut self) {
        let last = self.lanes.len() - 1;
        for entry in &self.played.log {
            let bin = self.bin(entry.at);
            match &entry.what {
                What::Answered { profile, failed, .. } => {
                    let of = |lane: &&mut Lane| lane.profile.as_ref() == Some(profile);
                    let Some(lane) = self.lanes.iter_mut().find(of) else {
                        continue;
                    };
                    match failed {
                        None => lane.served[bin] += 1,
                        Some(_) => lane.failed[bin] += 1,
                    }
                }
                What::Refused(_) => self.lanes[last].failed[bin] += 1,
                _ => {}
            }
        }
    }

    /// Finds the times in which profiles rested, for whatever model.
    fn rest(&mut self) {
        let end = self.played.end;
        let mut open: HashMap<(&ProfileId, Option<&str>), (Timestamp, Timestamp)> = HashMap::new();
        let mut over: Vec<(&ProfileId, Timestamp, Timestamp)> = Vec::new();
        for entry in &self.played.log {
            match &entry.what {
                What::Answered {
                    model,
                    profile,
                    failed,
                    rest,
                    ..
                } => {
                    let whom = (profile, Some(model.model()));
                    let known = open.get(&whom).copied();
                    let until = match rest {
                        Rest::Until(until) => Some(*until),
                        Rest::Person => Some(end),
                        Rest::None => None,
                    };
                    match (failed, until, known) {
                        (None, _, Some((from, until))) => {
                            open.remove(&whom);
                            over.push((profile, from, until.min(entry.at)));
                        }
                        (Some(_), Some(until), Some((from, before))) if before >= entry.at => {
                            open.insert(whom, (from, until));
                        }
                        (Some(_), Some(until), before) => {
                            over.extend(before.map(|(from, until)| (profile, from, until)));
                            open.insert(whom, (entry.at, until));
                        }
                        _ => {}
                    }
                }
                What::NewSecret { profile, .. } => {
                    let closed = open.extract_if(|(of, _), _| *of == profile);
                    over.extend(closed.map(|((of, _), (from, until))| (of, from, until.min(entry.at))));
                }
                _ => {}
            }
        }
        over.extend(
            open.into_iter()
                .map(|((profile, _), (from, until))| (profile, from, until)),
        );
        over.sort();
        for (profile, from, until) in over {
            let of = |lane: &&mut Lane| lane.profile.as_ref() == Some(profile);
            if let Some(lane) = self.lanes.iter_mut().find(of) {
                match lane.rested.last_mut() {
                    Some((_, last)) if from <= *last => *last = until.max(*last),
                    _ => lane.rested.push((from, until)),
                }
            }
        }
    }

    fn bin(&self, at: Timestamp) -> usize {
        let part = at.since(self.played.start).as_secs_f64() / self.length();
        // Not below 0, and what lies behind the end is cut.
        ((part * BINS as f64) as usize).min(BINS - 1)
    }

    fn length(&self) -> f64 {
        self.played.end.since(self.played.start).as_secs_f64().max(1.0)
    }

    fn x(&self, at: Timestamp) -> f64 {
        let part = at.since(self.played.start).as_secs_f64() / self.length();
        LEFT + part.min(1.0) * (RIGHT - LEFT)
    }

    fn draw(&self, out: &mut String, scenario: &Scenario) -> fmt::Result {
        let about = escaped(&scenario.about, 120);
        writeln!(
            out,
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" font-family="sans-serif" font-size="12" fill="{INK}">
<title>{about}</title>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
<text x="20" y="28" font-size="17" font-weight="bold">{about}</text>
<text x="20" y="48">{} chats, seed {}</text>"##,
            scenario.sessions.count, self.played.seed
        )?;
        let skies = self.skies();
        let top = WEATHER + ROW * skies.len() as f64 + 14.0;
        let room = (BOTTOM - top) / self.lanes.len() as f64;
        let tall = room.clamp(SHORTEST, TALLEST);
        // What does not fit is said, and not drawn over the rest.
        let fit = (((BOTTOM - top) / tall) as usize).min(self.lanes.len());
        let bottom = top + tall * fit as f64;
        self.axis(out, bottom)?;
        self.weather(out, &skies)?;
        let most = self
            .lanes
            .iter()
            .flat_map(|lane| lane.served.iter().zip(&lane.failed))
            .map(|(served, failed)| served + failed)
            .max()
            .unwrap_or(0)
            .max(1);
        for (lane, at) in self.lanes.iter().take(fit).zip(0_u16..) {
            self.lane(out, lane, top + tall * f64::from(at), tall, most)?;
        }
        if fit < self.lanes.len() {
            let left = self.lanes.len() - fit;
            writeln!(
                out,
                r#"<text x="20" y="{:.1}">and {left} more</text>"#,
                bottom + 16.0
            )?;
        }
        legend(out)?;
        writeln!(out, "</svg>")
    }

    /// The kinds of weather that there are.
    fn skies(&self) -> Vec<Sky> {
        let fronts = self.played.weather.fronts();
        [
            Sky::Burst,
            Sky::Outage,
            Sky::Denied,
            Sky::Revoked,
            Sky::NoMoney,
            Sky::ModelGone,
        ]
        .into_iter()
        .filter(|sky| fronts.iter().any(|front| front.sky == *sky))
        .collect()
    }

    fn weather(&self, out: &mut String, skies: &[Sky]) -> fmt::Result {
        for (sky, row) in skies.iter().zip(0_u16..) {
            let y = WEATHER + ROW * f64::from(row);
            writeln!(
                out,
                r#"<text x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
                LEFT - 10.0,
                y + 11.0,
                sky.as_str()
            )?;
            // A label is written where nothing of the row lies behind it.
            let mut free = LEFT;
            let mut fronts: Vec<&Front> = self.played.weather.fronts().iter().collect();
            fronts.retain(|front| front.sky == *sky && front.from < self.played.end);
            fronts.sort_by_key(|front| front.from);
            for (front, next) in fronts.iter().zip(fronts.iter().skip(1).map(Some).chain([None])) {
                let (from, until) = (self.x(front.from), self.x(front.until));
                let opacity = if front.drawn == Drawn::Yes { 0.45 } else { 1.0 };
                writeln!(
                    out,
                    r#"<rect x="{from:.1}" y="{:.1}" width="{:.1}" height="{}" fill="{}" fill-opacity="{opacity}"/>"#,
                    y + 1.0,
                    (until - from).max(1.0),
                    ROW - 3.0,
                    color(*sky)
                )?;
                let whom = front.whom();
                let wide = whom.chars().count() as f64 * 5.8 + 6.0;
                let end = next.map_or(RIGHT, |next| self.x(next.from));
                let begin = until.max(from + 1.0) + 3.0;
                if front.drawn == Drawn::No && begin >= free && begin + wide <= end {
                    writeln!(
                        out,
                        r#"<text x="{begin:.1}" y="{:.1}" font-size="10">{}</text>"#,
                        y + 10.5,
                        escaped(&whom, 60)
                    )?;
                    free = begin + wide;
                }
            }
        }
        Ok(())
    }

    fn lane(&self, out: &mut String, lane: &Lane, top: f64, tall: f64, most: u32) -> fmt::Result {
        let base = top + tall - 2.0;
        let body = tall - 10.0;
        writeln!(
            out,
            r#"<text x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 10.0,
            base - 3.0,
            escaped(&lane.name, 26)
        )?;
        for (from, until) in &lane.rested {
            let (from, until) = (self.x(*from), self.x(*until));
            writeln!(
                out,
                r#"<rect x="{from:.1}" y="{:.1}" width="{:.1}" height="{body:.1}" fill="{RESTING}"/>"#,
                base - body,
                (until - from).max(0.6)
            )?;
        }
        if let Some(profile) = &lane.profile {
            let over = |front: &&Front| front.from < self.played.end && self.is_of(front, profile);
            for front in self.played.weather.fronts().iter().filter(over) {
                let (from, until) = (self.x(front.from), self.x(front.until));
                writeln!(
                    out,
                    r#"<rect x="{from:.1}" y="{:.1}" width="{:.1}" height="3" fill="{}"/>"#,
                    base - body - 3.5,
                    (until - from).max(1.0),
                    color(front.sky)
                )?;
            }
        }
        let wide = (RIGHT - LEFT) / BINS as f64;
        let unit = body / f64::from(most);
        let (mut answered, mut failures) = (String::new(), String::new());
        for (bin, (served, failed)) in lane.served.iter().zip(&lane.failed).enumerate() {
            let x = LEFT + wide * bin as f64;
            let served = f64::from(*served) * unit;
            // One failure among many answers is seen too.
            let failed = match failed {
                0 => 0.0,
                failed => (f64::from(*failed) * unit).max(2.0),
            };
            for (bars, under, height) in [(&mut answered, 0.0, served), (&mut failures, served, failed)] {
                if height > 0.0 {
                    let (from, width) = (base - f64::min(under, body - height), wide - 0.3);
                    write!(bars, "M{x:.1} {from:.1}v-{height:.1}h{width:.1}v{height:.1}z")?;
                }
            }
        }
        let fill = if lane.profile.is_some() { FAILED } else { REFUSED };
        for (bars, fill) in [(answered, SERVED), (failures, fill)] {
            if !bars.is_empty() {
                writeln!(out, r#"<path fill="{fill}" d="{bars}"/>"#)?;
            }
        }
        writeln!(
            out,
            r#"<path d="M{LEFT} {base:.1}H{RIGHT}" stroke="{FAINT}" stroke-width="0.7"/>"#
        )
    }

    /// Whether a spell can hit a profile: it names it, or its provider.
    fn is_of(&self, front: &Front, profile: &ProfileId) -> bool {
        let known = self.played.facts.of(profile);
        known.is_some_and(|known| front.may_hit(&known.provider, profile.as_str()))
    }

    fn axis(&self, out: &mut String, bottom: f64) -> fmt::Result {
        let hours = self.length() / 3600.0;
        // Not more than a dozen marks, at round times.
        let step = [0.25, 1.0, 2.0, 6.0, 12.0, 24.0, 48.0, 168.0, 720.0]
            .into_iter()
            .find(|step| hours / step <= 12.5)
            .unwrap_or(hours);
        let mut at = 0.0;
        while at <= hours + 0.001 {
            let x = LEFT + at / hours * (RIGHT - LEFT);
            let label = if step >= 24.0 {
                format!("day {:.0}", at / 24.0)
            } else {
                format!("{}:{:02.0}", (at.floor() as u32), at.fract() * 60.0)
            };
            writeln!(
                out,
                r##"<path d="M{x:.1} {WEATHER}V{bottom:.1}" stroke="#e1e5ea" stroke-width="1"/>
<text x="{x:.1}" y="{:.1}" text-anchor="middle" font-size="11">{label}</text>"##,
                bottom + 15.0
            )?;
            at += step;
        }
        Ok(())
    }
}

fn legend(out: &mut String) -> fmt::Result {
    let y = HEIGHT - 18.0;
    let mut x = LEFT;
    let words = [
        (SERVED, "answered"),
        (FAILED, "failed"),
        (RESTING, "resting"),
        (REFUSED, "refused: nobody could serve"),
    ];
    for (fill, word) in words {
        writeln!(
            out,
            r#"<rect x="{x:.1}" y="{:.1}" width="14" height="11" fill="{fill}"/>
<text x="{:.1}" y="{y:.1}">{word}</text>"#,
            y - 10.0,
            x + 20.0
        )?;
        x += 44.0 + word.len() as f64 * 6.6;
    }
    writeln!(
        out,
        r#"<text x="{RIGHT}" y="{y:.1}" text-anchor="end">heights: requests in a bin, one scale for all lanes; thin bars: weather</text>"#
    )
}

fn color(sky: Sky) -> &'static str {
    match sky {
        Sky::Burst => "#d98a1f",
        Sky::Outage => "#7c1f2d",
        Sky::Denied => "#3d8f7a",
        Sky::Revoked => "#1f2933",
        Sky::NoMoney => "#8a5fb0",
        Sky::ModelGone => "#6b7785",
    }
}

fn escaped(text: &str, most: usize) -> String {
    let mut out = String::new();
    for c in legible(text).chars().take(most) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
