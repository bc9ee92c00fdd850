// What static/authenticator/fcm.js takes from the SDK, and nothing else.
export { initializeApp } from "@firebase/app";
export { deleteToken, getMessaging, getToken } from "@firebase/messaging";
