//! Files of a conversation, in and out. Private: whoever fetches one is asked each time whether they may.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::StreamExt;
use serde::Deserialize;

use super::{Params, seen};
use crate::{
    app::App,
    domain::{
        Attachment,
        attachment::{MOST_BYTES, Unfit},
        ids::{AttachmentId, ConversationId},
        sentence::sentence,
    },
    service::{
        attachments::{self as service, Received},
        conversations::SHOPPER,
    },
    store::attachments,
    web::{
        auth::{ClientNetwork, Onlooker, Visitor},
        error::ApiError,
        limits::Limit,
    },
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/widget/files", post(add_of_shopper))
        .route("/widget/files/{id}", get(show_to_shopper))
        .route("/conversations/{conv}/files", post(add_of_staff))
        .route("/conversations/{conv}/files/{id}", get(show_to_staff))
}

/// A body as it comes; one that is too large is told as any file that is.
struct File(Bytes);

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let mut chunks = request.into_body().into_data_stream();
        let (mut bytes, mut read) = (Vec::new(), 0);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| ApiError::bad_request(sentence!("The file did not arrive whole.")))?;
            read += chunk.len();
            if read > MOST_BYTES_READ {
                break;
            }
            if read <= MOST_BYTES {
                bytes.extend_from_slice(&chunk);
            }
        }
        if read > MOST_BYTES { Err(unfit(Unfit::TooLarge, MOST_BYTES)) } else { Ok(File(bytes.into())) }
    }
}

/// Whoever is still sending does not hear an answer: what is too large is read to its end, up to this.
const MOST_BYTES_READ: usize = 4 * MOST_BYTES;

/// A shopper who may send one more: known before the body is read.
struct Uploader(Visitor);

impl FromRequestParts<Arc<App>> for Uploader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let ClientNetwork(network) = ClientNetwork::from_request_parts(parts, app).await?;
        app.limits.check(Limit::NetworkFiles, &network).map_err(ApiError::rate_limited)?;
        let visitor = Visitor::from_request_parts(parts, app).await?;
        app.limits.check(Limit::VisitorFiles, visitor.contact.as_str()).map_err(ApiError::rate_limited)?;
        Ok(Uploader(visitor))
    }
}

async fn add_of_shopper(
    State(app): State<Arc<App>>,
    Uploader(visitor): Uploader,
    File(bytes): File,
) -> Result<(StatusCode, Json<Attachment>), ApiError> {
    let received = service::receive(&app, &visitor.conversation, SHOPPER, false, &bytes, None).await?;
    told(&app, received)
}

async fn show_to_shopper(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    app.limits.check(Limit::FilesShown, visitor.contact.as_str()).map_err(ApiError::rate_limited)?;
    show(&app, &visitor.conversation, &AttachmentId(id), SHOPPER).await
}

#[derive(Deserialize)]
struct Named {
    /// Of a document.
    name: Option<String>,
}

async fn add_of_staff(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path(conv): Path<String>,
    Params(named): Params<Named>,
    File(bytes): File,
) -> Result<(StatusCode, Json<Attachment>), ApiError> {
    let conv = ConversationId(conv);
    seen(&app, &viewer, &conv).await?;
    let sender = viewer.agent.id.as_str();
    let received = service::receive(&app, &conv, sender, true, &bytes, named.name.as_deref()).await?;
    told(&app, received)
}

async fn show_to_staff(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path((conv, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let conv = ConversationId(conv);
    seen(&app, &viewer, &conv).await?;
    show(&app, &conv, &AttachmentId(id), viewer.agent.id.as_str()).await
}

fn told(app: &App, received: Received) -> Result<(StatusCode, Json<Attachment>), ApiError> {
    match received {
        Received::Done(about) => Ok((StatusCode::CREATED, Json(about))),
        Received::Unfit(why) => Err(unfit(why, app.mind().playbook.service.files.most_bytes)),
        Received::Full => Err(ApiError::new(
            StatusCode::CONFLICT,
            "too_many_files",
            sentence!("No more files are taken in this conversation."),
        )),
    }
}

fn unfit(why: Unfit, most_bytes: usize) -> ApiError {
    let (status, sentence) = match why {
        Unfit::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            sentence!("The file is too large: at most {most} KB.", most = most_bytes / 1024),
        ),
        Unfit::WrongKind => {
            (StatusCode::UNPROCESSABLE_ENTITY, sentence!("Only JPEG, PNG and WebP pictures (from staff also PDF)."))
        }
        Unfit::Broken => (StatusCode::UNPROCESSABLE_ENTITY, sentence!("The picture is cut off or broken.")),
        Unfit::TooWide => (StatusCode::UNPROCESSABLE_ENTITY, sentence!("The picture is too wide or too high.")),
    };
    ApiError::new(status, why.code(), sentence)
}

/// What is not theirs and what does not exist is one answer. Nothing in a file runs, wherever it is opened.
async fn show(app: &App, conv: &ConversationId, id: &AttachmentId, reader: &str) -> Result<Response, ApiError> {
    let found = attachments::load(&app.store, conv, id, reader).await?;
    let (about, bytes) = found.ok_or_else(|| ApiError::not_found(sentence!("There is no such file.")))?;
    let mut response = (
        [
            (header::CONTENT_TYPE, about.media.as_str()),
            (header::CACHE_CONTROL, "private, max-age=3600"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::VARY, "Authorization, Cookie"),
        ],
        bytes,
    )
        .into_response();
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition(&about));
    Ok(response)
}

/// A document is saved, not opened; its name in the form that has room for every script.
fn disposition(about: &Attachment) -> HeaderValue {
    if about.media.is_picture() {
        return HeaderValue::from_static("inline");
    }
    let name = about.name.as_deref().unwrap_or("document.pdf");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let escaped: String = name
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{escaped}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}
