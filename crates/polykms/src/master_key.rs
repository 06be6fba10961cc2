//! Where the master key comes from.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use import_engine::{Chance, MASTER_KEY_LENGTH, Material};
use zeroize::Zeroizing;

use crate::refusal::Refusal;
use crate::settings::{DatabaseSettings, MasterKeySource};

/// The master key, and the file that was made for it just now.
pub struct MasterKey {
    /// [`MASTER_KEY_LENGTH`] bytes.
    pub bytes: Material,
    /// The file, if this start made it.
    pub made: Option<PathBuf>,
}

impl MasterKey {
    /// The key that the settings name; beside a SQLite database, one is made if there is none.
    ///
    /// # Errors
    /// A [`Refusal`] about the master key.
    pub fn obtain(source: &MasterKeySource, database: &DatabaseSettings, chance: &dyn Chance) -> Result<Self, Refusal> {
        match (&source.file, &source.environment) {
            (Some(_), Some(_)) => Err(Refusal::TwoMasterKeys),
            (Some(file), None) => Ok(Self { bytes: read(file)?, made: None }),
            (None, Some(variable)) => {
                let text = std::env::var(variable).map_err(|_| Refusal::MasterKeyVariable(variable.clone()))?;
                Ok(Self { bytes: parse(&Zeroizing::new(text), variable)?, made: None })
            }
            (None, None) => {
                let database = database.sqlite_file().ok_or(Refusal::NoMasterKey)?;
                beside(&database, chance)
            }
        }
    }

    /// Takes back a key that turned out not to be the one.
    pub fn discard(self) -> Option<PathBuf> {
        let made = self.made?;
        // The refusal that follows is what matters.
        let _ = std::fs::remove_file(&made);
        Some(made)
    }
}

fn beside(database: &Path, chance: &dyn Chance) -> Result<MasterKey, Refusal> {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push(".master-key");
    read_or_make(database.with_file_name(name), chance)
}

/// The key in a file, which is made if it is missing.
pub fn read_or_make(path: PathBuf, chance: &dyn Chance) -> Result<MasterKey, Refusal> {
    if path.exists() {
        return Ok(MasterKey { bytes: read(&path)?, made: None });
    }
    let mut bytes = Material::zeroed(MASTER_KEY_LENGTH);
    chance.fill_secret(bytes.expose_mut()).map_err(|error| Refusal::Other(error.to_string()))?;
    match write(&path, &bytes) {
        Ok(()) => Ok(MasterKey { bytes, made: Some(path) }),
        // Another process was quicker; its key counts.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Ok(MasterKey { bytes: read(&path)?, made: None })
        }
        Err(error) => Err(unusable(&path, &error)),
    }
}

/// Writes the whole file or none, never over one that is there, readable by its owner only.
fn write(path: &Path, bytes: &Material) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".master-key")
        .permissions(std::fs::Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    let mut text = Zeroizing::new(vec![0; 2 * MASTER_KEY_LENGTH]);
    hex::encode_to_slice(bytes.expose(), &mut text).map_err(std::io::Error::other)?;
    file.write_all(&text)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    std::fs::File::open(folder)?.sync_all()
}

fn read(path: &Path) -> Result<Material, Refusal> {
    let mode = std::fs::metadata(path).map_err(|error| unusable(path, &error))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Refusal::MasterKeyMode(path.to_owned()));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| unusable(path, &error))?);
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, place: &str) -> Result<Material, Refusal> {
    let mut bytes = Material::zeroed(MASTER_KEY_LENGTH);
    hex::decode_to_slice(text.trim(), bytes.expose_mut()).map_err(|_| Refusal::MasterKeyForm(place.to_owned()))?;
    Ok(bytes)
}

fn unusable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::MasterKeyFile { path: path.to_owned(), cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use import_engine::SystemChance;

    use super::*;
    use crate::settings::{MigrateOnStart, SecretText};

    fn database(folder: &Path) -> DatabaseSettings {
        let url = SecretText::new(format!("sqlite:{}", folder.join("a b.sqlite").display()));
        DatabaseSettings { url, max_connections: 1, migrate_on_start: MigrateOnStart::Empty }
    }

    #[test]
    fn is_made_once_beside_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let (source, database) = (MasterKeySource::default(), database(folder.path()));
        let first = MasterKey::obtain(&source, &database, &SystemChance).unwrap();
        let path = folder.path().join("a b.sqlite.master-key");
        assert_eq!(first.made.as_deref(), Some(path.as_path()));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let second = MasterKey::obtain(&source, &database, &SystemChance).unwrap();
        assert!(second.made.is_none());
        assert_eq!(first.bytes, second.bytes);
    }

    #[test]
    fn others_may_not_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "00".repeat(32)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let source = MasterKeySource { file: Some(path.clone()), environment: None };
        let refusal = MasterKey::obtain(&source, &database(folder.path()), &SystemChance).map(|_| ()).unwrap_err();
        assert!(matches!(refusal, Refusal::MasterKeyMode(_)), "{refusal}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(MasterKey::obtain(&source, &database(folder.path()), &SystemChance).is_ok());
        std::fs::write(&path, "00".repeat(31)).unwrap();
        let refusal = MasterKey::obtain(&source, &database(folder.path()), &SystemChance).map(|_| ()).unwrap_err();
        assert!(matches!(refusal, Refusal::MasterKeyForm(_)), "{refusal}");
    }
}
