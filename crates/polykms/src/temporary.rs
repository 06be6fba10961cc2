//! Where `polykms dev` keeps its data.

use std::path::{Path, PathBuf};

use import_engine::SystemChance;

use crate::master_key::read_or_make;
use crate::refusal::Refusal;

/// A folder that is removed on drop, readable by its owner only.
#[derive(Debug)]
pub struct TemporaryFolder(tempfile::TempDir);

impl TemporaryFolder {
    /// Makes one where the system keeps temporary files.
    ///
    /// # Errors
    /// [`Refusal::Other`] if it cannot be made.
    pub fn new() -> Result<Self, Refusal> {
        let made = tempfile::Builder::new().prefix("polykms-dev-").tempdir();
        made.map(Self).map_err(|error| Refusal::Other(format!("no temporary folder can be made: {error}")))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The data of a development server.
#[derive(Debug)]
pub enum DevData {
    /// In a temporary folder.
    Temporary(TemporaryFolder),
    /// In a folder that was given.
    Kept(PathBuf),
}

impl DevData {
    /// Uses a folder, which is made if it is missing, or a temporary one.
    ///
    /// # Errors
    /// [`Refusal::Other`] if it cannot be made.
    pub fn at(folder: Option<PathBuf>) -> Result<Self, Refusal> {
        match folder {
            None => TemporaryFolder::new().map(Self::Temporary),
            Some(folder) => match std::fs::create_dir_all(&folder) {
                Ok(()) => Ok(Self::Kept(folder)),
                Err(error) => Err(Refusal::Other(format!(
                    "{} cannot be made ({error}); give another --data-dir",
                    folder.display()
                ))),
            },
        }
    }

    /// The URL of the SQLite database in it.
    pub fn database_url(&self) -> String {
        let path = self.folder().join("polykms.sqlite");
        let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F");
        format!("sqlite:{path}")
    }

    /// The file of a master key in it, for a database elsewhere; made if it is missing.
    ///
    /// # Errors
    /// A [`Refusal`] about the master key.
    pub fn master_key_file(&self) -> Result<PathBuf, Refusal> {
        let path = self.folder().join("master-key");
        read_or_make(path.clone(), &SystemChance)?;
        Ok(path)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}
