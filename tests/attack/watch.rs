//! What a target is held against, whatever is done to it.

use super::peer::forbidden;
use super::request::Request;
use super::target::Target;

/// The most by which the memory of the target may grow, in bytes.
const GROWTH_MAX: u64 = 64 << 20;

/// A target as it was before something was done to it.
#[derive(Debug)]
pub struct Watch {
    resident: u64,
    peak: u64,
    reached: usize,
}

impl Watch {
    /// Looks at a target before something is done to it.
    pub fn over(target: &Target) -> Self {
        let (resident, peak) = (target.resident(), target.peak());
        Self { resident, peak, reached: forbidden().connections() }
    }

    /// What is wrong afterwards: the process, the memory it took, whom it reached.
    pub fn wrong(&self, target: &Target) -> Vec<String> {
        if !target.is_alive() {
            return vec!["the process is gone".to_owned()];
        }
        let mut wrong = Vec::new();
        let alive = Request::get("/healthz").try_send(target.address());
        if alive.is_none_or(|got| got.status != 200) {
            wrong.push("it answers nobody any more".to_owned());
        }
        // A peak that is not new was measured when it was.
        let peak = target.peak();
        let most = if peak > self.peak { peak } else { target.resident() };
        let grown = most.saturating_sub(self.resident);
        if grown > GROWTH_MAX {
            wrong.push(format!("its memory grew by {} MB", grown >> 20));
        }
        let reached = forbidden().connections() - self.reached;
        if reached > 0 {
            wrong.push(format!("the forbidden listener was reached {reached} times"));
        }
        wrong
    }

    /// Fails if anything is wrong afterwards.
    pub fn check(&self, target: &Target) {
        assert_eq!(self.wrong(target), Vec::<String>::new());
    }
}
