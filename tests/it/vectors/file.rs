//! A vector as it lies in its file.

/// A vector.
#[derive(Debug)]
pub struct Vector {
    /// What must happen.
    pub title: String,
    /// What must be there before.
    pub given: Vec<String>,
    pub request: Message,
    pub answer: Message,
}

/// A request or an answer.
#[derive(Debug)]
pub struct Message {
    /// Method and target, or version and status.
    pub first: String,
    /// Header fields.
    pub fields: Vec<(String, String)>,
    /// Everything after the empty line, without the last line end.
    pub body: String,
}

impl Vector {
    /// Reads a file's text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, "\n---\n");
        let (Some(head), Some(request), Some(answer)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("a vector has three parts".to_owned());
        };
        let mut lines = head.lines();
        let title = lines.next().unwrap_or_default().to_owned();
        let given = lines.filter(|line| !line.is_empty()).map(|line| {
            line.strip_prefix("given ").map(str::to_owned).ok_or_else(|| format!("{line:?} is not a given line"))
        });
        Ok(Self {
            title,
            given: given.collect::<Result<_, _>>()?,
            request: Message::parse(request)?,
            answer: Message::parse(answer)?,
        })
    }
}

impl Message {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end_matches('\n'), ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default().to_owned();
        let fields = lines.map(|line| {
            let (name, value) = line.split_once(':').ok_or_else(|| format!("{line:?} is no header field"))?;
            Ok::<_, String>((name.to_owned(), value.trim().to_owned()))
        });
        Ok(Self { first, fields: fields.collect::<Result<_, _>>()?, body: body.to_owned() })
    }
}
