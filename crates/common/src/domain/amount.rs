//! Amounts of money, exact: a decimal number as text, and a currency. No rule of it goes through a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most digits before the point.
const MAX_WHOLE: usize = 15;
/// The most digits behind it.
const MAX_FRACTION: usize = 6;

/// How much of which currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// How much.
    pub value: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// A decimal number from 0 on, in its one way to be written: `1250.5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(Box<str>);

/// The three letters of a currency: `EUR`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(Box<str>);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The number is not written so.
    #[error(
        "must be a decimal number from 0 on, such as 1250.50, with at most {MAX_WHOLE} digits before the point and {MAX_FRACTION} behind it"
    )]
    Value,
    /// The currency is not written so.
    #[error("must be the three letters of a currency, such as EUR")]
    Currency,
    /// It does not consist of both.
    #[error("must be a number and a currency, such as \"500 EUR\"")]
    Form,
}

impl Decimal {
    /// Reads a number. Zeros that change nothing are dropped.
    ///
    /// # Errors
    /// When it is not a decimal number from 0 on, or has too many digits.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let text = text.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > MAX_WHOLE || fraction.len() > MAX_FRACTION {
            return Err(AmountError::Value);
        }
        let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
        Ok(Self(match fraction.trim_end_matches('0') {
            "" => whole.into(),
            fraction => format!("{whole}.{fraction}").into(),
        }))
    }

    /// Whether it is not more than the other.
    pub fn is_at_most(&self, most: &Self) -> bool {
        self.scaled() <= most.scaled()
    }

    /// Its digits before the point and behind it, each as wide as any.
    fn scaled(&self) -> (String, String) {
        let (whole, fraction) = self.0.split_once('.').unwrap_or((&self.0, ""));
        (format!("{whole:0>MAX_WHOLE$}"), format!("{fraction:0<MAX_FRACTION$}"))
    }
}

impl Currency {
    /// Reads a currency, in upper or lower case.
    ///
    /// # Errors
    /// When the text has not three letters.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let text = text.trim();
        if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            Ok(Self(text.to_ascii_uppercase().into()))
        } else {
            Err(AmountError::Currency)
        }
    }
}

impl Amount {
    /// Reads `500 EUR`.
    ///
    /// # Errors
    /// When a part of it is not written so.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let (value, currency) = text.trim().split_once(' ').ok_or(AmountError::Form)?;
        Ok(Self { value: Decimal::parse(value)?, currency: Currency::parse(currency)? })
    }

    /// Whether it is known to be not more than the other: of the same currency, and as little.
    pub fn is_at_most(&self, most: &Self) -> bool {
        self.currency == most.currency && self.value.is_at_most(&most.value)
    }
}

impl fmt::Display for Amount {
    /// As money is written: a single digit behind the point gets its second one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value: Decimal(value), currency: Currency(currency) } = self;
        let one_digit = value.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 1);
        write!(f, "{value}{} {currency}", if one_digit { "0" } else { "" })
    }
}

impl TryFrom<String> for Decimal {
    type Error = AmountError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Decimal> for String {
    fn from(value: Decimal) -> Self {
        value.0.into()
    }
}

impl TryFrom<String> for Currency {
    type Error = AmountError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn one_amount_is_written_in_one_way_and_shown_as_money() {
        for (given, stored, shown) in [
            ("1250.50 EUR", "1250.5", "1250.50 EUR"),
            (" 001250.5  eur ", "1250.5", "1250.50 EUR"),
            ("500 JPY", "500", "500 JPY"),
            ("500.00 USD", "500", "500 USD"),
            ("0.0 EUR", "0", "0 EUR"),
            ("0.125 KWD", "0.125", "0.125 KWD"),
            ("999999999999999.999999 EUR", "999999999999999.999999", "999999999999999.999999 EUR"),
        ] {
            let read = amount(given);
            assert_eq!(
                (String::from(read.value.clone()).as_str(), read.to_string().as_str()),
                (stored, shown),
                "{given}"
            );
            let again: Amount = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
            assert_eq!(again, read);
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for (text, error) in [
            ("500", AmountError::Form),
            ("EUR 500", AmountError::Value),
            ("-1 EUR", AmountError::Value),
            ("1,250.50 EUR", AmountError::Value),
            (".5 EUR", AmountError::Value),
            ("5. EUR", AmountError::Value),
            ("1e3 EUR", AmountError::Value),
            ("1234567890123456 EUR", AmountError::Value),
            ("0.1234567 EUR", AmountError::Value),
            ("5 €", AmountError::Currency),
            ("5 euro", AmountError::Currency),
        ] {
            assert_eq!(Amount::parse(text), Err(error), "{text}");
        }
        assert!(serde_json::from_str::<Amount>(r#"{"value":"-5","currency":"EUR"}"#).is_err());
    }

    #[test]
    fn amounts_are_compared_by_their_value_and_only_within_a_currency() {
        let at_most = |one: &str, most: &str| amount(one).is_at_most(&amount(most));
        assert!(at_most("500 EUR", "500.00 EUR") && at_most("499.999999 EUR", "500 EUR"));
        assert!(at_most("9 EUR", "10 EUR") && at_most("0.09 EUR", "0.1 EUR"));
        assert!(!at_most("500.000001 EUR", "500 EUR") && !at_most("1000 EUR", "999 EUR"));
        assert!(!at_most("1 USD", "500 EUR"));
    }

    #[test]
    fn a_float_would_have_lost_this() {
        assert!(!amount("100000000000000.000001 EUR").is_at_most(&amount("100000000000000 EUR")));
    }
}
