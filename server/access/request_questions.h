// What a request says of itself, wherever in it that stands.
//
// Pure; callable from any thread.
#pragma once

#include <google/protobuf/message.h>

#include "relief/v1/registry_service.pb.h"

namespace relief::server::access {

// The purpose that a look-up states; nothing where its request has no such field.
const v1::Purpose* PurposeOf(const google::protobuf::Message& request);

// Figures of single people, wherever in the request they are asked for.
bool AsksForSmallFigures(const google::protobuf::Message& request);

}  // namespace relief::server::access
