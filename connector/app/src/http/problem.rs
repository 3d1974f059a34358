//! Errors as answers, in the form of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#name-the-problem-details-json-ob).

use crate::error::Error;
use actix_web::error::{JsonPayloadError, PayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, LINK, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{Bytes, JsonConfig};
use actix_web::{HttpResponse, ResponseError};
use std::io::ErrorKind;

/// How JSON bodies are read, and what is told where one cannot be.
pub(super) fn of_json(limit: usize) -> JsonConfig {
    JsonConfig::default().limit(limit).error_handler(move |error, _| {
        let error = match error {
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
                Error::BodyTooLong { limit }
            }
            JsonPayloadError::Payload(error) if is_late(&error) => Error::TooSlow,
            other => Error::Usage(format!("the body is not the JSON expected here: {other}")),
        };
        error.into()
    })
}

/// A body that was read, or why it was not.
pub(super) fn body(read: Result<Bytes, actix_web::Error>, limit: usize) -> Result<Bytes, Error> {
    read.map_err(|error| match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::BodyTooLong { limit },
        _ if error.as_error().is_some_and(is_late) => Error::TooSlow,
        _ => Error::Usage(format!("the body cannot be read: {error}")),
    })
}

/// Whether a body ended because its time was over.
fn is_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == ErrorKind::TimedOut)
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut problem = self.problem();
        if self.is_ours() {
            tracing::error!(code = problem.code, error = problem.title, "a fault of ours");
            problem.title = "this connector failed; its operator finds the cause in its log".into();
            problem.detail = serde_json::Value::Null;
            problem.fix = None;
        }
        let mut response = HttpResponse::build(self.status_code());
        // What one caller may not see, another may: no refusal is kept on the way.
        response.insert_header((CACHE_CONTROL, "no-store"));
        // The `type` is one name for all connectors; this is where ours tells about it.
        let help = format!("<{}>; rel=\"help\"", crate::explain::path(&problem.code));
        response.insert_header((LINK, help));
        if problem.status == 401 {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if problem.status == 503 {
            response.insert_header((RETRY_AFTER, "2"));
        }
        match self {
            Self::Method { allowed, .. } => {
                response.insert_header((ALLOW, allowed.as_str()));
            }
            Self::TooMany { seconds, .. } => {
                response.insert_header((RETRY_AFTER, seconds.to_string()));
            }
            // The rest of the body would come now.
            Self::TooSlow | Self::BodyTooLong { .. } => {
                response.force_close();
            }
            _ => {}
        }
        response.content_type("application/problem+json").body(problem.to_json().to_string())
    }
}
