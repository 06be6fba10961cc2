//! Pages of lists that are asked for by `limit` and `offset` in the query.

use dialect::wire::Numeric;

use crate::codes::Code;
use crate::errors::Refusal;

/// How many entries a page has if nobody says.
const LIMIT_DEFAULT: usize = 10;

/// Which entries are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window {
    limit: usize,
    offset: usize,
}

impl Window {
    /// From the two members. The offset is looked at here, because its code is not the one that tag
    /// lists have.
    ///
    /// # Errors
    /// KMS.1601, KMS.1603.
    pub(super) fn of(limit: Option<Numeric>, offset: Option<&str>) -> Result<Self, Refusal> {
        let limit = match limit {
            None => LIMIT_DEFAULT,
            Some(Numeric(limit)) => usize::try_from(limit).map_err(|_| Code::InvalidLimit)?,
        };
        let offset = offset.map_or(Ok(0), |text| text.parse().map_err(|_| Code::InvalidOffset))?;
        Ok(Self { limit, offset })
    }

    /// The wanted ones of all.
    pub(super) fn over<T>(self, all: Vec<T>) -> impl Iterator<Item = T> {
        all.into_iter().skip(self.offset).take(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::tell;

    #[test]
    fn pages() {
        let page = |limit: Option<i64>, offset| {
            Window::of(limit.map(Numeric), offset)
                .map(|window| window.over((0..12).collect()).collect::<Vec<u8>>())
                .map_err(|refusal| tell(refusal).code)
        };
        assert_eq!(page(None, None).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(page(Some(3), Some("10")).unwrap(), [10, 11]);
        assert_eq!(page(Some(3), Some("12")).unwrap(), [] as [u8; 0]);
        for bad in ["-1", "x", "", "1.5", "99999999999999999999999"] {
            assert_eq!(page(None, Some(bad)).unwrap_err(), "KMS.1603", "{bad}");
        }
    }
}
