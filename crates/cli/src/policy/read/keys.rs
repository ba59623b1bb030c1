//! One table of the file, read key by key. What nobody asked for is an unknown key.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::At;
use crate::policy::mistakes::Mistakes;
use crate::policy::suggest::{closest, instead};

/// A table that is being read.
pub(super) struct Keys<'a, 'i> {
    table: &'a DeTable<'i>,
    /// Where the table starts.
    pub(super) at: usize,
    /// What the table is, for messages: `a rule`.
    what: &'static str,
    asked: Vec<&'static str>,
}

/// What stands at a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Given<T> {
    /// Nothing.
    Absent,
    /// Something that is noted as a mistake already.
    Broken,
    /// This.
    Is(At<T>),
}

impl<T> Given<T> {
    pub(in crate::policy) fn value(&self) -> Option<&At<T>> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Broken => None,
        }
    }

    /// This, or what stands elsewhere when nothing stands here.
    pub(in crate::policy) fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        match self {
            Self::Absent => other,
            Self::Broken | Self::Is(_) => self,
        }
    }

    /// Goes on with a value; what cannot be used is broken.
    pub(super) fn and<U>(self, next: impl FnOnce(At<T>) -> Option<U>) -> Given<U> {
        match self {
            Self::Absent => Given::Absent,
            Self::Broken => Given::Broken,
            Self::Is(At { value, at }) => {
                next(At { value, at }).map_or(Given::Broken, |value| Given::Is(At { value, at }))
            }
        }
    }
}

impl<'a, 'i> Keys<'a, 'i> {
    pub(super) fn of(table: &'a DeTable<'i>, at: usize, what: &'static str) -> Self {
        Self { table, at, what, asked: Vec::new() }
    }

    /// Whether anything stands at a key, which may be none of its own.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.iter().any(|(name, _)| name.get_ref() == key)
    }

    /// What stands at a key, whatever it is.
    pub(super) fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    pub(super) fn text(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Given<String> {
        let read = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
        self.typed(key, "a text in quotation marks", read, mistakes)
    }

    pub(super) fn flag(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Given<bool> {
        let read = |value: &DeValue<'_>| match value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        };
        self.typed(key, "true or false", read, mistakes)
    }

    pub(super) fn number(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Given<u32> {
        self.typed(key, "a whole number from 0 on", whole, mistakes)
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Given<Vec<At<String>>> {
        let value = self.get(key);
        self.list(key, value, mistakes)
    }

    /// A list of texts, or one text that stands for a list of one.
    pub(super) fn text_or_texts(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Given<Vec<At<String>>> {
        match self.get(key) {
            Some(value) if value.get_ref().is_str() => {
                let at = value.span().start;
                let text = value.get_ref().as_str().unwrap_or_default().to_owned();
                Given::Is(At { value: vec![At { value: text, at }], at })
            }
            other => self.list(key, other, mistakes),
        }
    }

    /// The list of texts that a value must be.
    pub(super) fn list(
        &self,
        key: &str,
        value: Option<&Spanned<DeValue<'_>>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Given<Vec<At<String>>> {
        let read = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
        self.each(key, value, "a list of texts", read, mistakes)
    }

    /// A list of whole numbers from 0 on.
    pub(super) fn numbers(&mut self, key: &'static str, mistakes: &mut Mistakes<'_>) -> Given<Vec<At<u32>>> {
        let value = self.get(key);
        self.each(key, value, "a list of whole numbers from 0 on", whole, mistakes)
    }

    fn each<T>(
        &self,
        key: &str,
        value: Option<&Spanned<DeValue<'_>>>,
        what: &str,
        read: impl Fn(&DeValue<'_>) -> Option<T>,
        mistakes: &mut Mistakes<'_>,
    ) -> Given<Vec<At<T>>> {
        let Some(value) = value else {
            return Given::Absent;
        };
        let Some(items) = value.get_ref().as_array() else {
            return self.wrong_type(key, what, value, mistakes);
        };
        let mut found = Vec::new();
        for item in items {
            match read(item.get_ref()) {
                Some(value) => found.push(At { value, at: item.span().start }),
                None => return self.wrong_type(key, what, item, mistakes),
            }
        }
        Given::Is(At { value: found, at: value.span().start })
    }

    /// A table within this one.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        what: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Given<Keys<'a, 'i>> {
        let Some(value) = self.get(key) else {
            return Given::Absent;
        };
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Table(table) => Given::Is(At { value: Keys::of(table, at, what), at }),
            _ => self.wrong_type(key, "a table", value, mistakes),
        }
    }

    /// A list of tables within this one, such as every `[[rule]]`.
    pub(super) fn tables(
        &mut self,
        key: &'static str,
        what: &'static str,
        mistakes: &mut Mistakes<'_>,
    ) -> Given<Vec<Keys<'a, 'i>>> {
        let Some(value) = self.get(key) else {
            return Given::Absent;
        };
        let expected = "a list of tables (double brackets)";
        let Some(items) = value.get_ref().as_array() else {
            return self.wrong_type(key, expected, value, mistakes);
        };
        let mut tables = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Keys::of(table, item.span().start, what)),
                _ => return self.wrong_type(key, expected, item, mistakes),
            }
        }
        Given::Is(At { value: tables, at: value.span().start })
    }

    /// Every key with its value, for tables whose keys are names.
    pub(super) fn entries(&self) -> impl Iterator<Item = (At<String>, &'a Spanned<DeValue<'i>>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                (At { value: key.get_ref().clone().into_owned(), at: key.span().start }, value)
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.at);
        entries.into_iter()
    }

    /// Notes every key that was not asked for. `elsewhere` lists keys with the place that they belong to.
    pub(super) fn refuse_others(self, elsewhere: &[(&str, &str)], mistakes: &mut Mistakes<'_>) {
        for (key, _) in self.entries().filter(|(key, _)| !self.asked.contains(&key.value.as_str())) {
            let mistake = mistakes.error(key.at, format!("unknown key {:?} in {}", key.value, self.what));
            let asked = self.asked.iter().copied();
            let place = elsewhere.iter().find(|(other, _)| *other == key.value);
            let suggestion = match (closest(&key.value, asked.clone()), place) {
                (None, Some((_, place))) => Some(format!("{:?} belongs to {place}", key.value)),
                _ => instead(&key.value, asked, "its keys are"),
            };
            mistake.suggestion = suggestion;
        }
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&DeValue<'_>) -> Option<T>,
        mistakes: &mut Mistakes<'_>,
    ) -> Given<T> {
        let Some(value) = self.get(key) else {
            return Given::Absent;
        };
        match read(value.get_ref()) {
            Some(read) => Given::Is(At { value: read, at: value.span().start }),
            None => self.wrong_type(key, expected, value, mistakes),
        }
    }

    fn wrong_type<T>(
        &self,
        key: &str,
        expected: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Given<T> {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text".to_owned(),
            DeValue::Integer(number) => format!("the number {number}"),
            DeValue::Float(number) => format!("the number {number}"),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(_) => "a date".to_owned(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        mistakes.error(value.span().start, format!("{key} of {} must be {expected}, not {found}", self.what));
        Given::Broken
    }
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    let number = value.as_integer()?;
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}
