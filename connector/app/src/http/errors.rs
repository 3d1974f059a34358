//! `/errors/CODE`: what an error code means, why it happens, how to mend it.

use super::Handled;
use crate::error::Error;
use crate::explain;
use crate::language::Language;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

/// `GET /errors`
pub(super) async fn list(request: HttpRequest) -> Handled {
    page(explain::list_to_html(language(&request)))
}

/// `GET /errors/CODE`
pub(super) async fn one(request: HttpRequest, code: Path<String>) -> Handled {
    page(explain::to_html(&code, language(&request)))
}

fn language(request: &HttpRequest) -> Language {
    let header = request.headers().get(ACCEPT_LANGUAGE);
    Language::accepted(header.and_then(|value| value.to_str().ok()))
}

fn page(html: Option<String>) -> Handled {
    let html = html.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Vary", "Accept-Language"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        ))
        .body(html))
}
