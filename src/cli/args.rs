//! The commands and their options.

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::chat::{Options, Output, Partner};

use super::bench::BenchArgs;
use super::doctor::DoctorArgs;
use super::events::EventsArgs;
use super::explain::ExplainArgs;
use super::gateway::GatewayArgs;
use super::global::Global;
use super::import::ImportArgs;
use super::man::ManArgs;
use super::models::Models;
use super::onboard::OnboardArgs;
use super::parse::ParseArgs;
use super::pins::PinsArgs;
use super::register::RegisterArgs;
use super::simulate::SimulateArgs;
use super::store::StoreArgs;
use super::why::WhyArgs;
use super::words::WordsArgs;
use super::wrong::Wrong;

/// Choose which model and which credential a chat uses.
#[derive(Debug, Parser)]
#[command(
    name = "modelpin",
    version,
    max_term_width = 80,
    disable_help_subcommand = true,
    after_help = "Examples:\n  modelpin chat                     talk in the terminal\n  modelpin models status --json     which credentials there are\n  modelpin explain --provider anthropic --json\n  modelpin help model               how /model is written"
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Talk in the terminal; without credentials, to a built-in demo provider
    #[command(
        after_help = "Examples:\n  modelpin chat\n  modelpin chat --demo\n  printf '/model sonnet@demo:work\\nhello\\n' | modelpin chat --demo --json\n\nAway from a terminal it reads a message a line, and exits 1 if any of them went\nwrong."
    )]
    Chat(ChatArgs),
    /// Serve clients and bots in any language over HTTP
    #[command(
        after_help = "Examples:\n  modelpin gateway\n  modelpin gateway --demo\n  modelpin gateway --bind 0.0.0.0:4141 --token-file tokens\n\nClients of Anthropic and OpenAI work through it with another base URL:\nhttp://127.0.0.1:4141 and http://127.0.0.1:4141/v1. The chat that a request\nbelongs to is told by x-modelpin-session, or by an API key mp-session-NAME."
    )]
    Gateway(GatewayArgs),
    /// Models, and the credentials that serve them
    #[command(after_help = "Examples:\n  modelpin models\n  modelpin models status --json")]
    Models(Models),
    /// Set modelpin up, guided or by options
    #[command(
        after_help = "Examples:\n  modelpin onboard\n  pass show anthropic | modelpin onboard --non-interactive --anthropic-api-key -\n  modelpin onboard --non-interactive --token-provider anthropic --token -"
    )]
    Onboard(Box<OnboardArgs>),
    /// Look whether everything is as it should be
    #[command(
        after_help = "Examples:\n  modelpin doctor\n  modelpin doctor --offline --json\n  modelpin doctor --fix\n\nWithout --fix it changes nothing. Exit codes: 0 well, 1 an error is left,\n2 something ends soon."
    )]
    Doctor(DoctorArgs),
    /// Take over what OpenClaw, Moltbot or Clawdbot keeps; nothing is changed there
    #[command(
        after_help = "Examples:\n  modelpin import --dry-run\n  modelpin import --from ~/.openclaw\n\nIt may be run again: what is there already is not written twice."
    )]
    Import(ImportArgs),
    /// What is pinned, in all chats
    #[command(
        after_help = "Examples:\n  modelpin pins list\n  modelpin pins clear --session telegram:42\n  modelpin pins check"
    )]
    Pins(PinsArgs),
    /// Show the resolver's decision without taking it
    #[command(
        after_help = "Examples:\n  modelpin explain --provider anthropic\n  modelpin explain --provider anthropic --profile anthropic:work --json"
    )]
    Explain(ExplainArgs),
    /// Show what was decided and changed, and why, from the records
    #[command(
        after_help = "Examples:\n  modelpin why\n  modelpin why --session telegram:42 --last 5\n  modelpin why --agent main --last 20 --json\n\nThe chat itself is told of its own requests: /model why"
    )]
    Why(WhyArgs),
    /// Events: what an operator should hear of
    #[command(after_help = "Examples:\n  modelpin events test\n  modelpin events test --json")]
    Events(EventsArgs),
    /// Print what a platform is told once, so that people find /model there
    #[command(
        after_help = "Examples:\n  modelpin register telegram\n  modelpin register discord --json\n  modelpin register slack --json > manifest.json\n\nNothing is sent, and no token of a bot is read."
    )]
    Register(RegisterArgs),
    /// Try a policy in bad weather: people, credentials and failures from a file
    #[command(
        after_help = "Examples:\n  modelpin simulate --example > scenario.json\n  modelpin simulate scenario.json\n  modelpin simulate scenario.json --svg timeline.svg --seed 7\n  modelpin simulate scenario.json --json\n\nThe real resolver decides, with a clock that is set and never waited for.\nNothing is asked of the network, and no credential of yours is read. Exit\ncodes: 0 every claim held, 1 one did not."
    )]
    Simulate(SimulateArgs),
    /// Where pins and rests are kept, for one machine or for several
    #[command(
        after_help = "Examples:\n  modelpin store status\n  modelpin store migrate --to redis --dry-run"
    )]
    Store(StoreArgs),
    /// The sentences of replies, in the languages that people read
    #[command(
        after_help = "Examples:\n  modelpin words show en > ~/.modelpin/words/de.ftl\n  modelpin words check ~/.modelpin/words/de.ftl\n\nA file words/TAG.ftl in the state directory adds a language."
    )]
    Words(WordsArgs),
    /// Measure how fast it is on this machine, beside what cannot be faster
    #[command(
        after_help = "Examples:\n  modelpin bench --quick\n  modelpin bench --only resolve --json\n  modelpin bench --large\n\nNothing is asked of the network, and no credential of yours is read. Every\nfigure stands beside its floor, measured in the same run: on a machine that is\nbusy with something else, read the ratios. What takes place in processes of\ntheir own listens on free ports of 127.0.0.1."
    )]
    Bench(BenchArgs),
    /// Show how a chat message is read
    #[command(
        after_help = "Examples:\n  modelpin parse '/model opus@work --for 2h'\n  echo '{\"input\": \"/model opus\"}' | modelpin parse"
    )]
    Parse(ParseArgs),
    /// Say what failed answers mean: JSON Lines in, JSON Lines out
    #[command(
        after_help = "Examples:\n  echo '{\"provider\": \"openai\", \"status\": 429}' | modelpin classify\n  modelpin classify < answers.jsonl"
    )]
    Classify,
    /// Show help, for a command or for a topic: `modelpin help model`
    #[command(
        after_help = "Examples:\n  modelpin help chat\n  modelpin help models status\n  modelpin help model"
    )]
    Help {
        /// A command, or `model` for how /model is written
        topic: Vec<String>,
    },
    /// Print completions for a shell
    #[command(
        after_help = "Examples:\n  source <(modelpin completions bash)\n  modelpin completions zsh > \"${fpath[1]}/_modelpin\"\n  modelpin completions fish > ~/.config/fish/completions/modelpin.fish"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual as a man page
    #[command(
        after_help = "Examples:\n  modelpin man | man -l -\n  modelpin man --dir ~/.local/share/man/man1"
    )]
    Man(ManArgs),
}

/// `modelpin chat`.
#[derive(Debug, Args)]
pub(super) struct ChatArgs {
    /// Talk to the built-in demo provider, whatever is configured
    #[arg(long)]
    demo: bool,
    /// The chat's name: pins belong to it
    #[arg(long, value_name = "NAME", default_value = "terminal")]
    session: String,
    /// One JSON object a line for everything that happens
    #[arg(long)]
    json: bool,
}

impl ChatArgs {
    pub(super) fn options(&self, global: &Global) -> Result<Options, Wrong> {
        Ok(Options {
            state_dir: global.state_dir.clone(),
            config: global.config.clone(),
            agent: global.agent()?,
            session: self.session.clone(),
            partner: if self.demo {
                Partner::Demo
            } else {
                Partner::Whoever
            },
            output: if self.json { Output::Json } else { Output::Text },
            color: if global.no_color {
                crate::chat::Color::Never
            } else {
                crate::chat::Color::Auto
            },
        })
    }
}

/// The whole command line, for help and completions.
pub(super) fn command() -> clap::Command {
    Cli::command()
}
