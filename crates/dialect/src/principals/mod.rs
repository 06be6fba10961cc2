//! Who acts for a tenant besides its root: principals with credentials of their own, which the
//! settings name or the admin API makes.
//!
//! [`Directory`] looks an access id up, [`Issuing`] makes new ones, [`Administration`] answers the
//! admin API; what a vendor's principals are is its [`Rules`]. [`User`] is a principal with a plain
//! list of rights, and [`UserRules`] are the rules of vendors that have such.

mod administration;
mod directory;
mod issuing;
mod rights;
mod user;

pub use administration::{Administration, Kind, Rules, is_name, missing, read, time};
pub use directory::{Directory, Found};
pub use issuing::{Drawn, Issued, Issuing};
pub use rights::{Rights, Standing};
pub use user::{Session, User, UserRules, configured_user};

/// The name of a tenant's own principal, which may do everything.
pub const ROOT: &str = "root";
/// How names of users begin.
pub const USER: &str = "user/";
/// How names of roles begin, where a vendor calls them so.
pub const ROLE: &str = "role/";
