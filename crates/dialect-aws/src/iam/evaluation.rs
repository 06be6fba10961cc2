//! What a policy says about a request.

use super::document::{Covered, Document, Effect, Statement};
use super::facts::Facts;
use super::principal::{Principal, Subject};

/// A request as policies see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Such as `kms:Encrypt`.
    pub action: &'a str,
    /// An ARN, or `*` for what is about no resource.
    pub resource: &'a str,
    /// What conditions look at.
    pub facts: &'a Facts,
}

/// What a policy of a caller says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Judged {
    /// No.
    Denied,
    /// Yes.
    Allowed,
    /// Nothing.
    Silent,
}

/// Whom of a caller a policy of a resource allows something, from the least to the most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Reach {
    /// The account, which lets its own policies decide about all but its root.
    Account,
    /// The caller, as far as the policies of the session let it.
    Caller,
    /// Just this session or user, whatever the policies of the session leave out.
    Session,
}

/// What a policy of a resource says to a caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// No.
    Denied,
    /// Yes, to so much of the caller.
    Allowed(Reach),
    /// Nothing.
    Silent,
}

impl Document {
    /// What a caller's own policy says.
    pub fn judge(&self, asked: &Asked<'_>) -> Judged {
        let says = |effect| self.statements().iter().any(|line| line.effect == effect && line.applies(asked));
        if says(Effect::Deny) {
            Judged::Denied
        } else if says(Effect::Allow) {
            Judged::Allowed
        } else {
            Judged::Silent
        }
    }

    /// What a resource's policy says to a caller.
    pub fn say(&self, asked: &Asked<'_>, subject: &Subject) -> Said {
        let mut said = Said::Silent;
        for line in self.statements() {
            let Some(reach) = line.reach(subject) else { continue };
            if !line.applies(asked) {
                continue;
            }
            match (line.effect, said) {
                (Effect::Deny, _) => return Said::Denied,
                (Effect::Allow, Said::Allowed(before)) => said = Said::Allowed(before.max(reach)),
                (Effect::Allow, _) => said = Said::Allowed(reach),
            }
        }
        said
    }
}

impl Statement {
    /// Whether the statement is about the request, whoever sends it. One that names no action or
    /// no resource is about nothing.
    fn applies(&self, asked: &Asked<'_>) -> bool {
        let action = |covered: &Covered| covered.takes(|text| text.fits_in_any_case(asked.action, asked.facts));
        let resource = |covered: &Covered| covered.takes(|text| text.fits(asked.resource, asked.facts));
        self.actions.as_ref().is_some_and(action)
            && self.resources.as_ref().is_some_and(resource)
            && self.conditions.iter().all(|condition| condition.holds(asked.facts))
    }

    /// How much of a caller the statement is about.
    fn reach(&self, subject: &Subject) -> Option<Reach> {
        let reach = self.principals.named.iter().filter_map(|principal| reach(principal, subject)).max();
        match (self.principals.except, reach) {
            (false, reach) => reach,
            // Unverified: that one of the caller's names is enough to be left out, where IAM asks for
            // the account's as well.
            (true, Some(_)) => None,
            (true, None) => Some(Reach::Caller),
        }
    }
}

fn reach(principal: &Principal, subject: &Subject) -> Option<Reach> {
    match principal {
        Principal::Everyone => Some(Reach::Caller),
        Principal::Account { .. } if subject.is_of(principal) => {
            Some(if subject.is_root() { Reach::Caller } else { Reach::Account })
        }
        Principal::Named(arn) if *arn == subject.arn => Some(Reach::Session),
        Principal::Named(arn) if subject.role.as_ref() == Some(arn) => Some(Reach::Caller),
        Principal::Account { .. } | Principal::Named(_) | Principal::Outsider => None,
    }
}
